using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Alterations;

/// <summary>Moves a waiting instance to another version of its definition: what is open stays open, what comes after it follows the new one.</summary>
/// <remarks>Activities are matched by <c>nodeId</c>. Elsa starts a migrated instance over from the beginning; here nothing is done twice.</remarks>
public sealed class WorkflowMigrator(WorkflowEngine engine)
{
    /// <summary>Plans the move; store the plan's transition to make it.</summary>
    /// <param name="from">The version that the instance has.</param>
    /// <param name="now">Council time, for defaults of inputs that the new version adds.</param>
    public MigrationPlan Plan(WorkflowDefinition from, WorkflowDefinition to, JsonObject state, DateTimeOffset now)
    {
        var before = engine.Open(from, state);
        var target = engine.Compile(to);
        var changes = DefinitionComparison.Compare(before.Workflow, target);
        if (before.Root is not { } root)
        {
            return new MigrationPlan(changes, [], [new MigrationProblem("instance.over", "", "")], null);
        }

        var problems = InstanceState.OpenVisits(root).Select(visit => Misfit(visit, target)).OfType<MigrationProblem>().Distinct().ToList();
        if (problems.Count == 0)
        {
            var after = engine.Open(to, state);
            foreach (var visit in InstanceState.OpenVisits(after.Root!))
            {
                problems.AddRange(Convert(visit));
                problems.AddRange(Stuck(visit));
            }

            if (problems.Count == 0)
            {
                after.Root!.Inputs = Burst.WithDefaults((WorkflowContainer)after.Root.Node.Container!, (JsonObject)(after.Root.Inputs ?? []).DeepClone());
                return new MigrationPlan(changes, engine.Bookmarks(state), [], new Burst(after, now, []).ToTransition() with { AddedBookmarks = [], RemovedBookmarkIds = [] });
            }
        }

        return new MigrationPlan(changes, engine.Bookmarks(state), problems, null);
    }

    private static MigrationProblem? Misfit(Visit visit, CompiledWorkflow target)
    {
        var node = visit.Node;
        return !target.Nodes.TryGetValue(node.NodeId, out var found) ? new MigrationProblem("activity.gone", node.NodeId, node.DisplayText)
            : found.Type != node.Type ? new MigrationProblem("activity.type", node.NodeId, node.DisplayText)
            : null;
    }

    /// <summary>Values take the types that the new version declares.</summary>
    private static IEnumerable<MigrationProblem> Convert(Visit visit)
    {
        for (var index = 0; index < visit.Variables.Length; index++)
        {
            var variable = visit.Node.Variables[index];
            if (VariableValues.TryConvert(visit.Variables[index], variable, out var value))
            {
                visit.Variables[index] = value;
            }
            else
            {
                yield return new MigrationProblem("variable.type", visit.Node.NodeId, variable.Name);
            }
        }
    }

    private static IEnumerable<MigrationProblem> Stuck(Visit visit) => visit.Node.Container is FlowchartContainer flowchart && visit.Flow is { } flow
        ? flowchart.Stuck(visit, flow).Select(node => new MigrationProblem("activity.stuck", node.NodeId, node.DisplayText))
        : [];
}
