using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Starts another workflow; its result is <c>{WorkflowInstanceId, CorrelationId, Status, SubStatus, Output}</c>.</summary>
/// <remarks>Elsa runs the child inside the call. Here it is an instance of its own and the call waits for it with a bookmark.</remarks>
[Activity("Elsa.ExecuteWorkflow", Description = "Runs another workflow; its output is the result.", Category = "Composition", Outputs = ["Result"])]
internal sealed record ExecuteWorkflow(
    [Input(UiHint = UiHints.WorkflowDefinitionPicker, DisplayName = "Workflow Definition")] Input<string> WorkflowDefinitionId,
    Input<string> CorrelationId,
    Input<JsonObject> Input,
    Input<bool> WaitForCompletion) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        Calls.Start(context, "Elsa.ExecuteWorkflow", WorkflowDefinitionId, CorrelationId, Input, WaitForCompletion);

    public ActivityResult Resume(ActivityContext context, Resumption resumption) => ActivityResult.Done.WithOutput("Result", resumption.Input);
}

/// <summary>Starts another workflow; its result is the child's output.</summary>
[Activity("Elsa.DispatchWorkflow", Description = "Starts another workflow.", Category = "Composition", Outputs = ["Result"])]
internal sealed record DispatchWorkflow(
    [Input(UiHint = UiHints.WorkflowDefinitionPicker, DisplayName = "Workflow Definition")] Input<string> WorkflowDefinitionId,
    Input<string> CorrelationId,
    Input<JsonObject> Input,
    Input<bool> WaitForCompletion) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        Calls.Start(context, "Elsa.DispatchWorkflow", WorkflowDefinitionId, CorrelationId, Input, WaitForCompletion);

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        ActivityResult.Done.WithOutput("Result", (resumption.Input as JsonObject)?["Output"]);
}

/// <summary>What the activities that call other workflows share.</summary>
internal static class Calls
{
    public static ActivityResult Start(
        ActivityContext context,
        string type,
        Input<string> definition,
        Input<string> correlationId,
        Input<JsonObject> input,
        Input<bool> waitForCompletion)
    {
        if (context.Evaluate(definition) is not { Length: > 0 } definitionId)
        {
            return ActivityResult.Failed($"{type} names no workflow definition.");
        }

        if (!context.Knows(definitionId))
        {
            return ActivityResult.Failed(Unknown(definitionId));
        }

        var waits = context.Evaluate(waitForCompletion);
        var command = new StartChildWorkflow(
            definitionId,
            ChildInput(context, context.Evaluate(input)),
            context.Evaluate(correlationId) is { Length: > 0 } id ? id : null,
            waits,
            waits ? type : "");
        return (waits ? ActivityResult.Wait(new BookmarkRequest(type, Payload: new JsonObject { ["definitionId"] = definitionId, ["visitId"] = context.VisitId })) : ActivityResult.Done)
            .WithCommand(command);
    }

    public static string Unknown(string definitionId) => $"No published version of workflow definition with ID {definitionId} found.";

    public static JsonObject ChildInput(ActivityContext context, JsonObject? input)
    {
        var result = input?.DeepClone() as JsonObject ?? [];
        result["ParentInstanceId"] = context.InstanceId;
        return result;
    }
}
