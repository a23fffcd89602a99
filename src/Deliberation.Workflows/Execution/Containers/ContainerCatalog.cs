using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities.BuiltIn;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>Elsa's activities that have children.</summary>
internal static class ContainerCatalog
{
    public static IReadOnlyList<ContainerKind> All { get; } =
    [
        ContainerKind.Of("Elsa.Flowchart", "Flow", FlowchartContainer.Read, ["activities"]),
        ContainerKind.Of("Elsa.Sequence", "Control Flow", reader => new SequenceContainer(reader.Children("activities")), ["activities"]),
        ContainerKind.Of("Elsa.Parallel", "Control Flow", reader => new ParallelContainer(reader.Children("activities"), waitsForAny: false), ["activities"]),
        ContainerKind.Of("Elsa.Fork", "Control Flow", ParallelContainer.ReadFork, ["branches"], bare: [("joinMode", typeof(ForkJoinMode))]),
        ContainerKind.Of("Elsa.FlowNode", "Flow", reader => new SequenceContainer(reader.Child("body") is { } body ? [body] : []), ["body"]),
        ContainerKind.Of("Elsa.If", "Branching", reader => new IfContainer(reader.Input<bool>("condition"), reader.Child("then"), reader.Child("else")), ["then", "else"], inputs: [("condition", typeof(bool))]),
        ContainerKind.Of("Elsa.Switch", "Branching", SwitchContainer.Read, ["default"], inputs: [("mode", typeof(SwitchMode))], bare: [("cases", typeof(JsonArray))]),
        ContainerKind.Of("Elsa.For", "Looping", ForContainer.Read, ["body"], inputs: [("start", typeof(long)), ("end", typeof(long)), ("step", typeof(long)), ("outerBoundInclusive", typeof(bool))]),
        ContainerKind.Of("Elsa.ForEach", "Looping", reader => new ForEachContainer(reader.Input<JsonArray>("items"), reader.Child("body")), ["body"], inputs: [("items", typeof(JsonArray))]),
        ContainerKind.Of("Elsa.ParallelForEach", "Looping", reader => new ParallelForEachContainer(reader.Input<JsonArray>("items"), reader.Child("body")), ["body"], inputs: [("items", typeof(JsonArray))]),
        ContainerKind.Of("Elsa.While", "Looping", reader => new WhileContainer(reader.Input<bool>("condition"), reader.Child("body")), ["body"], inputs: [("condition", typeof(bool))]),
        ContainerKind.Of(
            "Elsa.BulkDispatchWorkflows",
            "Composition",
            BulkDispatchContainer.Read,
            ["childCompleted", "childFaulted"],
            inputs: [("workflowDefinitionId", typeof(string)), ("items", typeof(JsonArray)), ("correlationIdFunction", typeof(string)), ("input", typeof(JsonObject)), ("waitForCompletion", typeof(bool))],
            outcomes: ["Completed", "Canceled", "Done"]),
        ContainerKind.Of(
            "Elsa.SendHttpRequest",
            "HTTP",
            HttpRequestContainer.Read,
            ["unmatchedStatusCode", "failedToConnect", "timeout"],
            inputs: [("url", typeof(string)), ("method", typeof(string)), ("content", typeof(JsonNode)), ("contentType", typeof(string)), ("authorization", typeof(string)), ("requestHeaders", typeof(JsonObject))],
            bare: [("expectedStatusCodes", typeof(JsonArray))],
            outputs: ["StatusCode", "ParsedContent", "ResponseHeaders"]),
    ];
}
