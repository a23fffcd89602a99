using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>Calls a web service and runs the child of the status code it answers with (Elsa: SendHttpRequest).</summary>
internal sealed class HttpRequestContainer(
    HttpRequestInputs inputs, IReadOnlyDictionary<int, ActivityNode?> expected, ActivityNode? unmatched, ActivityNode? failedToConnect, ActivityNode? timeout) : Container
{
    public static HttpRequestContainer Read(WorkflowCompiler.NodeReader reader)
    {
        var expected = new Dictionary<int, ActivityNode?>();
        var cases = (ActivityBinder.Property(reader.Source, "expectedStatusCodes") as JsonArray ?? []).OfType<JsonObject>().ToList();
        for (var index = 0; index < cases.Count; index++)
        {
            if (ActivityBinder.Property(cases[index], "statusCode") is JsonValue value && value.TryGetValue(out int code))
            {
                expected.TryAdd(code, reader.Child(ActivityBinder.Property(cases[index], "activity"), $"expectedStatusCodes[{index}].activity"));
            }
        }

        var inputs = new HttpRequestInputs(
            reader.Input<string>("url"), reader.Input<string>("method"), reader.Input<JsonNode>("content"),
            reader.Input<string>("contentType"), reader.Input<string>("authorization"), reader.Input<JsonObject>("requestHeaders"));
        return new HttpRequestContainer(inputs, expected, reader.Child("unmatchedStatusCode"), reader.Child("failedToConnect"), reader.Child("timeout"));
    }

    public override void Execute(Burst burst, Visit visit)
    {
        var (command, problem) = inputs.Read(input => burst.Evaluate(visit, input), input => burst.Evaluate(visit, input), input => burst.Evaluate(visit, input));
        if (command is null)
        {
            burst.Fail(visit, problem!);
            return;
        }

        burst.Emit(visit, command);
        burst.AddBookmark(visit, HttpRequests.Answer(burst.IdOf(visit)));
        burst.Suspended(visit);
    }

    public override void Resume(Burst burst, Visit visit, Resumption resumption)
    {
        var answer = HttpAnswer.Of(resumption.Input);
        if (answer.Refused is { } reason)
        {
            burst.Fail(visit, reason);
            return;
        }

        if (answer.Failure is null)
        {
            foreach (var (name, value) in answer.Outputs())
            {
                burst.SetActivityOutput(visit, name, value);
            }
        }

        var child = answer.Failure switch
        {
            null => expected.GetValueOrDefault(answer.StatusCode, unmatched),
            HttpRequests.Timeout => timeout,
            _ => failedToConnect,
        };
        if (child is null)
        {
            burst.Complete(visit);
        }
        else
        {
            burst.Schedule(visit, child);
        }
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes) => burst.Complete(visit);
}
