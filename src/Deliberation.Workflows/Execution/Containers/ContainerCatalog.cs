using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>Elsa's activities that have children.</summary>
internal static class ContainerCatalog
{
    private static readonly InputDescriptor Items = new("items", typeof(JsonNode)) { Description = "The values to go over." };

    private static readonly InputDescriptor Condition = new("condition", typeof(bool)) { UiHint = UiHints.SingleLine, Description = "The condition to evaluate." };

    public static IReadOnlyList<ContainerKind> All { get; } =
    [
        ContainerKind.Of("Elsa.Flowchart", "Flow", "Activities and the connections between them.", FlowchartContainer.Read, ["activities"]),
        ContainerKind.Of("Elsa.Sequence", "Workflows", "Runs activities one after the other.", reader => new SequenceContainer(reader.Children("activities")), ["activities"]),
        ContainerKind.Of("Elsa.Parallel", "Workflows", "Runs activities at once and waits for all.", reader => new ParallelContainer(reader.Children("activities")), ["activities"]),
        ContainerKind.Of(
            "Elsa.Fork",
            "Control Flow",
            "Runs branches at once.",
            ParallelContainer.ReadFork,
            ["branches"],
            [new("joinMode", typeof(ForkJoinMode), IsWrapped: false) { Default = ForkJoinMode.WaitAll, Description = "Whether all branches must be done, or one." }]),
        ContainerKind.Of("Elsa.FlowNode", "Flow", "Runs one activity.", reader => new SequenceContainer(reader.Child("body") is { } body ? [body] : []), ["body"]),
        ContainerKind.Of(
            "Elsa.If",
            "Branching",
            "Runs one of two activities by a condition.",
            reader => new IfContainer(reader.Input<bool>("condition"), reader.Child("then"), reader.Child("else")),
            ["then", "else"],
            [Condition],
            outputs: ["Result"]),
        ContainerKind.Of(
            "Elsa.Switch",
            "Branching",
            "Runs the activity of the case that holds.",
            SwitchContainer.Read,
            ["default"],
            [
                new("mode", typeof(SwitchMode)) { Default = SwitchMode.MatchFirst, Description = "Whether the first case that holds runs, or every one." },
                new("cases", typeof(JsonArray), IsWrapped: false) { UiHint = UiHints.SwitchEditor, Description = "The cases." },
            ]),
        ContainerKind.Of(
            "Elsa.For",
            "Looping",
            "Runs an activity for each number from a start to an end.",
            ForContainer.Read,
            ["body"],
            [
                new("start", typeof(int)) { Default = 0, Description = "The first number." },
                new("end", typeof(int)) { Default = 0, Description = "The last number." },
                new("step", typeof(int)) { Default = 1, Description = "From one number to the next; negative to count down." },
                new("outerBoundInclusive", typeof(bool)) { Default = true, Description = "Whether the last number is one of them." },
            ],
            outputs: ["CurrentValue"]),
        ContainerKind.Of("Elsa.ForEach", "Looping", "Runs an activity for each value, one after the other.", reader => new ForEachContainer(reader.Input<JsonNode>("items"), reader.Child("body")), ["body"], [Items], outputs: ["CurrentValue"]),
        ContainerKind.Of("Elsa.ParallelForEach", "Looping", "Runs an activity for every value at once.", reader => new ParallelForEachContainer(reader.Input<JsonNode>("items"), reader.Child("body")), ["body"], [Items]),
        ContainerKind.Of("Elsa.While", "Looping", "Runs an activity as long as a condition holds.", reader => new WhileContainer(reader.Input<bool>("condition"), reader.Child("body")), ["body"], [Condition]),
        ContainerKind.Of(
            BulkDispatchContainer.Type,
            "Composition",
            "Starts another workflow for each value.",
            BulkDispatchContainer.Read,
            ["childCompleted", "childFaulted"],
            [
                new("workflowDefinitionId", typeof(string)) { UiHint = UiHints.WorkflowDefinitionPicker, DisplayName = "Workflow Definition", Description = "The workflow to start." },
                Items,
                new("defaultItemInputKey", typeof(string)) { Default = "Item", Description = "The input that takes a value which is no object." },
                new("correlationIdFunction", typeof(string)) { Description = "The correlation id of each workflow." },
                new("input", typeof(JsonObject)) { Description = "Further inputs of each workflow." },
                new("waitForCompletion", typeof(bool)) { Default = true, Description = "Whether to wait until all have ended." },
            ],
            outcomes: ["Completed", "Canceled", "Done"]),
        ContainerKind.Of(
            "Elsa.SendHttpRequest",
            "HTTP",
            "Calls a web service and runs the activity of the status code it answers with.",
            HttpRequestContainer.Read,
            ["unmatchedStatusCode", "failedToConnect", "timeout"],
            [
                new("url", typeof(string)) { Description = "The address." },
                new("method", typeof(string)) { Default = "GET", Description = "GET, POST and so on." },
                new("content", typeof(JsonNode)) { Description = "What is sent." },
                new("contentType", typeof(string)) { Description = "For example application/json." },
                new("authorization", typeof(string)) { Description = "The Authorization header." },
                new("requestHeaders", typeof(JsonObject)) { Description = "Further headers." },
                new("expectedStatusCodes", typeof(JsonArray), IsWrapped: false) { UiHint = UiHints.HttpStatusCodes, Description = "The status codes with an activity of their own." },
            ],
            outputs: ["StatusCode", "ParsedContent", "ResponseHeaders"]),
    ];
}
