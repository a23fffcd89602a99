using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Execution.Containers;
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
            case Effect.Break:
                Break(visit);
                break;
            case Effect.CompleteWorkflow complete:
                WorkflowOf(visit)!.Outcomes = complete.Outcomes;
                break;
            case Effect.Finish:
                // Completes first, alone; then everything ends.
                isStopped = true;
                break;
        }
    }

    /// <summary>Marks what ends with the child that completes next, up to the nearest loop. As in Elsa the others, a Parallel for example, wait for all their children.</summary>
    private static void Break(Visit visit)
    {
        for (var above = visit.Parent; above is not null; above = above.Node.Container!.IsLoop ? null : above.Parent)
        {
            above.IsEnding |= above.Node.Container!.EndsOnBreak;
        }
    }

    /// <summary>A Complete ends the workflow around it: loops between are cancelled, the rest ends as it would, or is cancelled with the workflow.</summary>
    private void CompleteWorkflow(Visit visit)
    {
        var workflow = WorkflowOf(visit)!;
        for (var above = visit.Parent; above is not null && above != workflow; above = above.Parent)
        {
            if (above.Node.Container!.IsLoop && above.Status != VisitStatus.Closed)
            {
                Cancel(above);
            }

            above.IsEnding |= above.Node.Container!.EndsOnBreak || above.Node.Container is FlowchartContainer;
        }

        if (visit.Status != VisitStatus.Closed)
        {
            Complete(visit);
        }

        if (workflow.Status != VisitStatus.Closed)
        {
            Complete(workflow);
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
