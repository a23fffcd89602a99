using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Waits for a named event; its payload is the output <c>Result</c>.</summary>
[Activity("Elsa.Event", Description = "Waits for a named event.", Category = "Primitives", Outputs = ["Result"])]
internal sealed record Event(Input<string> EventName) : IActivity
{
    public ActivityResult Execute(ActivityContext context)
    {
        var name = context.Evaluate(EventName) ?? "";
        return ActivityResult.Wait(new BookmarkRequest(Stimulus.EventBookmark, Key: name, Payload: Stimulus.EventPayload(name)));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) => ActivityResult.Done.WithOutput("Result", resumption.Input);
}

/// <summary>Publishes a named event. It is carried out after the burst, so a workflow may publish to itself.</summary>
[Activity("Elsa.PublishEvent", Description = "Publishes a named event.", Category = "Primitives")]
internal sealed record PublishEvent(Input<string> EventName, Input<string> CorrelationId, [Input(DisplayName = "Local event", Description = "Whether only this instance gets it.")] Input<bool> IsLocalEvent, Input<JsonNode> Payload) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done.WithCommand(new PublishEventCommand(
        context.Evaluate(EventName) ?? "",
        context.Evaluate(CorrelationId) is { Length: > 0 } correlationId ? correlationId : null,
        context.Evaluate(IsLocalEvent),
        context.Evaluate(Payload)));
}

/// <summary>Asks the host to have a task done and waits for its result. The id of the task is the id of the visit.</summary>
[Activity("Elsa.RunTask", Description = "Asks for a task and waits until it is done.", Category = "Primitives", Outputs = ["Result"])]
internal sealed record RunTask(Input<string> TaskName, Input<JsonObject> Payload) : IActivity
{
    public ActivityResult Execute(ActivityContext context)
    {
        var name = context.Evaluate(TaskName) ?? "";
        return ActivityResult
            .Wait(new BookmarkRequest("Elsa.RunTask", Payload: new JsonObject { ["taskId"] = context.VisitId, ["taskName"] = name }))
            .WithCommand(new RunTaskCommand(context.VisitId, name, context.Evaluate(Payload)));
    }

    // Elsa faults when the result is missing; a task without a result is a task done.
    public ActivityResult Resume(ActivityContext context, Resumption resumption) => ActivityResult.Done.WithOutput("Result", resumption.Input);
}
