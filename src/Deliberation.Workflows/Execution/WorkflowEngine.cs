using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Execution;

/// <summary>Executes Elsa 3 definitions. Holds no state of its own; safe from any thread.</summary>
/// <param name="registry">The kinds of activity.</param>
/// <param name="resolver">Finds workflows used as activities; null when there are none.</param>
public sealed class WorkflowEngine(ActivityRegistry registry, WorkflowResolver? resolver = null) : IWorkflowEngine
{
    public ActivityRegistry Registry => registry;

    /// <inheritdoc/>
    public Transition Start(
        WorkflowDefinition definition,
        string instanceId,
        JsonObject input,
        string? correlationId,
        DateTimeOffset now,
        IReadOnlyCollection<object> facts)
    {
        var instance = new Instance(instanceId, definition.Compiled(registry, resolver)) { CorrelationId = correlationId };
        var root = instance.NewVisit(instance.Workflow.Root, null);
        root.Inputs = Burst.WithDefaults((WorkflowContainer)root.Node.Container!, (JsonObject)input.DeepClone());
        instance.Root = root;
        instance.Queue.Enqueue(new WorkItem(root, null));
        var burst = new Burst(instance, now, facts);
        burst.Run();
        return burst.ToTransition();
    }

    /// <inheritdoc/>
    public Transition Resume(
        WorkflowDefinition definition,
        JsonObject state,
        string bookmarkId,
        JsonNode? input,
        DateTimeOffset now,
        IReadOnlyCollection<object> facts)
    {
        var instance = InstanceState.Read(state, definition.Compiled(registry, resolver));
        if (instance.Status == WorkflowStatus.Finished || !instance.Bookmarks.TryGetValue(bookmarkId, out var entry))
        {
            return Unchanged(instance, state);
        }

        var burst = new Burst(instance, now, facts);
        burst.Wake(entry, input);
        burst.Run();
        return burst.ToTransition();
    }

    /// <inheritdoc/>
    public Transition Cancel(WorkflowDefinition definition, JsonObject state, DateTimeOffset now)
    {
        var instance = InstanceState.Read(state, definition.Compiled(registry, resolver));
        if (instance.Status == WorkflowStatus.Finished && instance.SubStatus != WorkflowSubStatus.Faulted)
        {
            return Unchanged(instance, state);
        }

        // The bookmarks of a faulted instance are gone already.
        var wasAsleep = instance.Status == WorkflowStatus.Finished;
        var burst = new Burst(instance, now, []);
        burst.CancelAll();
        return wasAsleep ? burst.ToTransition() with { RemovedBookmarkIds = [] } : burst.ToTransition();
    }

    /// <summary>Does again what faulted, and goes on with what was queued behind it. The bookmarks the fault had put to rest are added again.</summary>
    /// <returns>The state unchanged when the instance has not faulted, or when a container faulted between its children: only what can be done again as a whole is.</returns>
    public Transition Retry(WorkflowDefinition definition, JsonObject state, DateTimeOffset now, IReadOnlyCollection<object> facts)
    {
        var instance = InstanceState.Read(state, definition.Compiled(registry, resolver));
        if (instance.SubStatus != WorkflowSubStatus.Faulted || instance.Root is null)
        {
            return Unchanged(instance, state);
        }

        var faulted = InstanceState.OpenVisits(instance.Root).Where(visit => visit.Status == VisitStatus.Faulted).ToList();
        if (faulted.Exists(visit => visit.IsBeyondRetry))
        {
            return Unchanged(instance, state);
        }

        var burst = new Burst(instance, now, facts);
        var asleep = burst.Wakened();
        foreach (var visit in faulted)
        {
            burst.Retry(visit);
        }

        burst.Go();
        return Woken(burst.ToTransition(), asleep);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Bookmark> Bookmarks(JsonObject state) => InstanceState.ReadBookmarks(state);

    /// <summary>The workflow's own variables by name, as they are in a state.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Variables(WorkflowDefinition definition, JsonObject state)
    {
        var instance = InstanceState.Read(state, definition.Compiled(registry, resolver));
        var values = instance.FinalVariables ?? (instance.Root is { } root ? InstanceState.VariablesOf(root) : []);
        return instance.Workflow.Root.Variables.ToDictionary(variable => variable.Name, variable => values[variable.Id]?.DeepClone());
    }

    /// <summary>Open visits: activity id, visit id and whether it waits, runs or has faulted. For viewers.</summary>
    public IReadOnlyList<OpenVisit> OpenVisits(WorkflowDefinition definition, JsonObject state)
    {
        var instance = InstanceState.Read(state, definition.Compiled(registry, resolver));
        return instance.Root is null
            ? []
            : [.. InstanceState.OpenVisits(instance.Root).Select(visit => new OpenVisit(visit.Node.NodeId, visit.Node.Id, visit.Node.Type, $"{instance.Id}:{visit.Number}", visit.Status == VisitStatus.Faulted, visit.Bookmarks is { Count: > 0 }))];
    }

    /// <summary>Elsa's <c>nodeId</c> of every activity by its id, workflows used as activities left out. For the Studio API.</summary>
    public IReadOnlyDictionary<string, string> NodeIds(WorkflowDefinition definition)
    {
        var compiled = definition.Compiled(registry, resolver);
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in compiled.Nodes.Values.OrderBy(node => node.NodeId.Length))
        {
            result.TryAdd(node.Id, node.NodeId);
        }

        return result;
    }

    internal CompiledWorkflow Compile(WorkflowDefinition definition) => definition.Compiled(registry, resolver);

    internal Instance Open(WorkflowDefinition definition, JsonObject state) => InstanceState.Read(state, Compile(definition));

    /// <summary>For the host the bookmarks of a faulted instance were gone: those that are still there come back, those that are gone stay so.</summary>
    internal static Transition Woken(Transition transition, IReadOnlyList<Bookmark> asleep)
    {
        if (asleep.Count == 0)
        {
            return transition;
        }

        if (transition.Status == WorkflowStatus.Finished)
        {
            return transition with { RemovedBookmarkIds = [] };
        }

        var gone = transition.RemovedBookmarkIds.ToHashSet();
        return transition with
        {
            AddedBookmarks = [.. asleep.Where(bookmark => !gone.Contains(bookmark.Id)), .. transition.AddedBookmarks],
            RemovedBookmarkIds = [],
        };
    }

    private static Transition Unchanged(Instance instance, JsonObject state) => new(
        state,
        instance.Status,
        instance.SubStatus,
        (JsonObject)instance.Output.DeepClone(),
        instance.Name,
        instance.CorrelationId,
        [],
        [],
        [],
        [],
        []);
}

/// <summary>A visit that is open in a state.</summary>
public sealed record OpenVisit(string NodeId, string ActivityId, string ActivityType, string VisitId, bool IsFaulted, bool IsWaiting);
