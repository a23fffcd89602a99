using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Alterations;

/// <summary>Makes alterations of one instance: all of them, or none.</summary>
/// <remarks>Pure, as the engine is. A faulted instance goes on once nothing in it is faulted any more; until then it may be altered and stays faulted.</remarks>
public sealed class WorkflowAlterer(WorkflowEngine engine)
{
    /// <returns>The step that follows from the alterations; or no transition, and every problem.</returns>
    public (Transition? Transition, IReadOnlyList<AlterationProblem> Problems) Alter(
        WorkflowDefinition definition, JsonObject state, IReadOnlyList<Alteration> alterations, DateTimeOffset now, IReadOnlyCollection<object> facts)
    {
        var instance = engine.Open(definition, state);
        if (instance.Root is null)
        {
            return (null, [new AlterationProblem(0, "instance.over", "")]);
        }

        var burst = new Burst(instance, now, facts);
        var asleep = burst.Wakened();
        var problems = new List<AlterationProblem>();
        for (var index = 0; index < alterations.Count; index++)
        {
            if (Apply(instance, burst, alterations[index]) is var (code, subject))
            {
                problems.Add(new AlterationProblem(index, code, subject));
            }
        }

        if (problems.Count > 0)
        {
            return (null, problems);
        }

        burst.Go();
        return (WorkflowEngine.Woken(burst.ToTransition(), asleep), []);
    }

    private static (string Code, string Subject)? Apply(Instance instance, Burst burst, Alteration alteration) => alteration switch
    {
        Alteration.ModifyVariable modify => Modify(instance, modify),
        Alteration.ScheduleActivity schedule => Schedule(instance, burst, schedule.ActivityId),
        Alteration.CancelActivity cancel => Cancel(instance, burst, cancel.ActivityId),
        _ => throw new ArgumentOutOfRangeException(nameof(alteration)),
    };

    private static (string, string)? Modify(Instance instance, Alteration.ModifyVariable modify)
    {
        foreach (var byId in new[] { true, false })
        {
            foreach (var visit in InstanceState.OpenVisits(instance.Root!))
            {
                for (var index = 0; index < visit.Variables.Length; index++)
                {
                    var variable = visit.Node.Variables[index];
                    if (byId ? variable.Id != modify.Variable : !variable.HasName(modify.Variable))
                    {
                        continue;
                    }

                    if (!VariableValues.TryConvert(modify.Value, variable, out var value))
                    {
                        return ("variable.type", modify.Variable);
                    }

                    visit.Variables[index] = value;
                    return null;
                }
            }
        }

        return ("variable.unknown", modify.Variable);
    }

    private static (string, string)? Schedule(Instance instance, Burst burst, string activityId)
    {
        var nodes = instance.Workflow.Nodes.Values.Where(node => node.Id == activityId).ToList();
        if (nodes.Count == 0)
        {
            return ("activity.unknown", activityId);
        }

        if (!nodes.Exists(node => node.Parent?.Container is FlowchartContainer))
        {
            return ("activity.not-in-flowchart", activityId);
        }

        foreach (var container in InstanceState.OpenVisits(instance.Root!))
        {
            if (container is { Status: VisitStatus.Running, Node.Container: FlowchartContainer } && nodes.Find(node => node.Parent == container.Node) is { } node)
            {
                burst.Schedule(container, node);
                return null;
            }
        }

        return ("activity.container-closed", activityId);
    }

    private static (string, string)? Cancel(Instance instance, Burst burst, string activityId)
    {
        var visits = InstanceState.OpenVisits(instance.Root!).Where(visit => visit.Node.Id == activityId && visit.Parent is not null).ToList();
        if (visits.Count == 0)
        {
            return (instance.Workflow.Nodes.Values.Any(node => node.Id == activityId) ? "activity.not-open" : "activity.unknown", activityId);
        }

        foreach (var visit in visits)
        {
            burst.Skip(visit);
        }

        return null;
    }
}
