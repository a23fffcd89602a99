using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Calls a web service and follows the status code it answers with, when that is expected, and Done.</summary>
/// <param name="ExpectedStatusCodes">Each is a port; a code that is not among them follows "Unmatched status code". None: only Done.</param>
/// <param name="Content">A text, or JSON; sent only with a <paramref name="ContentType"/>, as in Elsa.</param>
[Activity(
    "Elsa.FlowSendHttpRequest",
    DisplayName = "HTTP Request (flow)",
    Description = "Calls a web service and follows the status code it answers with.",
    Category = "HTTP",
    Outcomes = ["Done", "Unmatched status code", HttpRequests.FailedToConnect, HttpRequests.Timeout],
    Outputs = ["StatusCode", "ParsedContent", "ResponseHeaders"])]
internal sealed record FlowSendHttpRequest(
    Input<string> Url,
    Input<string> Method,
    Input<JsonNode> Content,
    Input<string> ContentType,
    Input<string> Authorization,
    Input<JsonObject> RequestHeaders,
    [Input(UiHint = UiHints.MultiText)] Input<int[]> ExpectedStatusCodes) : IActivity
{
    public ActivityResult Execute(ActivityContext context)
    {
        var (command, problem) = new HttpRequestInputs(Url, Method, Content, ContentType, Authorization, RequestHeaders).Read(context.Evaluate, context.Evaluate, context.Evaluate);
        return command is null ? ActivityResult.Failed(problem!) : ActivityResult.Wait(HttpRequests.Answer(context.VisitId)).WithCommand(command);
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption)
    {
        var answer = HttpAnswer.Of(resumption.Input);
        if (answer.Refused is { } reason)
        {
            return ActivityResult.Failed(reason).FromTheStart();
        }

        if (answer.Failure is { } failure)
        {
            return ActivityResult.Complete(failure);
        }

        var expected = context.Evaluate(ExpectedStatusCodes) ?? [];
        string[] outcomes = expected.Length == 0 ? ["Done"]
            : [expected.Contains(answer.StatusCode) ? answer.StatusCode.ToString(CultureInfo.InvariantCulture) : "Unmatched status code", "Done"];
        return answer.Outputs().Aggregate(ActivityResult.Complete(outcomes), (result, output) => result.WithOutput(output.Name, output.Value));
    }
}

/// <summary>What the activities that call web services share.</summary>
internal static class HttpRequests
{
    public const string FailedToConnect = "Failed to connect";
    public const string Timeout = "Timeout";
    public const string Bookmark = "Elsa.SendHttpRequest";

    public static BookmarkRequest Answer(string visitId) => new(Bookmark, Payload: new JsonObject { ["visitId"] = visitId });
}

/// <summary>The inputs of a request.</summary>
internal sealed record HttpRequestInputs(
    Input<string> Url, Input<string> Method, Input<JsonNode> Content, Input<string> ContentType, Input<string> Authorization, Input<JsonObject> RequestHeaders)
{
    /// <returns>The command; or null, and what is wrong.</returns>
    public (SendHttpCommand? Command, string? Problem) Read(Func<Input<string>, string?> text, Func<Input<JsonNode>, JsonNode?> json, Func<Input<JsonObject>, JsonObject?> members)
    {
        if (!Uri.TryCreate(text(Url), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return (null, "The URL of the request is no http or https address.");
        }

        var (contentType, content) = (text(ContentType), json(Content));
        return (
            new SendHttpCommand(
                url,
                text(Method) is { Length: > 0 } method ? method.ToUpperInvariant() : "GET",
                contentType is { Length: > 0 } && content is not null ? content.GetValueKind() is System.Text.Json.JsonValueKind.String ? (string)content! : content.ToJsonString() : null,
                contentType is { Length: > 0 } ? contentType : null,
                text(Authorization) is { Length: > 0 } authorization ? authorization : null,
                members(RequestHeaders) ?? []),
            null);
    }
}

/// <summary>What came back: a status, or why there is none.</summary>
internal sealed record HttpAnswer(int StatusCode, JsonNode? Content, JsonNode? Headers, string? Failure, string? Refused)
{
    public static HttpAnswer Of(JsonNode? input)
    {
        var members = input as JsonObject ?? [];
        return members["refused"] is { } refused ? new HttpAnswer(0, null, null, null, refused.ToString())
            : members["statusCode"] is JsonValue status && status.TryGetValue(out int code) ? new HttpAnswer(code, members["content"], members["headers"], null, null)
            : new HttpAnswer(0, null, null, members["failure"]?.ToString() ?? HttpRequests.FailedToConnect, null);
    }

    public IEnumerable<(string Name, JsonNode? Value)> Outputs() =>
        [("StatusCode", StatusCode), ("ParsedContent", Content?.DeepClone()), ("ResponseHeaders", Headers?.DeepClone())];
}
