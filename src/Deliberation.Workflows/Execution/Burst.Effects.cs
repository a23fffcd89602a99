using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution;

/// <content>Changes that Elsa's own activities ask for.</content>
internal sealed partial class Burst
{
    private void Apply(Visit visit, Effect effect)
    {
        switch (effect)
        {
            case Effect.SetVariable set:
                if (!context.Of(visit).TrySetVariable(set.Variable, set.Value))
                {
                    throw new ExpressionException($"There is no variable '{set.Variable}' here.");
                }

                break;
            case Effect.SetName set:
                instance.Name = set.Name;
                break;
            case Effect.Correlate set:
                instance.CorrelationId = set.CorrelationId;
                break;
            case Effect.SetOutput set:
                SetWorkflowOutput(visit, set.Name, set.Value);
                break;
            case Effect.End:
                visit.Parent!.IsEnding = true;
                break;
            case Effect.Break:
                EndUpTo(visit, above => above.Node.Container!.IsLoop);
                break;
            case Effect.CompleteWorkflow complete:
                if (WorkflowOf(visit) is { } workflow)
                {
                    workflow.Outcomes = complete.Outcomes;
                }

                EndUpTo(visit, above => above.Node.IsWorkflow);
                break;
            case Effect.Finish:
                // Completes first, alone; then everything ends.
                isStopped = true;
                break;
        }
    }

    /// <summary>Marks the containers from the visit up to the first that fits; none when nothing fits.</summary>
    private static void EndUpTo(Visit visit, Func<Visit, bool> fits)
    {
        var last = visit.Parent;
        while (last is not null && !fits(last))
        {
            // A Break does not leave its workflow.
            last = last.Node.IsWorkflow ? null : last.Parent;
        }

        for (var above = visit.Parent; last is not null && above is not null; above = above == last ? null : above.Parent)
        {
            above.IsEnding = true;
        }
    }

    private void SetWorkflowOutput(Visit visit, string name, JsonNode? value)
    {
        var workflow = WorkflowOf(visit);
        if (workflow?.WorkflowOutputs is { } outputs)
        {
            outputs[name] = Json.Detached(value);
        }
        else
        {
            instance.Output[name] = Json.Detached(value);
        }
    }
}
