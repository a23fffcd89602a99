using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Activities.BuiltIn;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution.Containers;

/// <summary>Elsa's flowchart in counter mode: a completed activity visits all its connections, followed or not;
/// an activity runs when all forward connections into it are visited and one is followed, and is skipped when none is.</summary>
internal sealed class FlowchartContainer : Container
{
    private readonly IReadOnlyList<ActivityNode> activities;
    private readonly Dictionary<ActivityNode, int> indices;
    private readonly FlowGraph graph;
    private readonly int start;

    private FlowchartContainer(IReadOnlyList<ActivityNode> activities, IReadOnlyList<FlowConnection> connections, int start)
    {
        this.activities = activities;
        this.start = start;
        indices = activities.Select((activity, index) => (activity, index)).ToDictionary(pair => pair.activity, pair => pair.index);
        graph = new FlowGraph(activities.Count, connections, start);
    }

    public IReadOnlyList<ActivityNode> Activities => activities;

    public IReadOnlyList<FlowConnection> Connections => graph.Connections;

    public static FlowchartContainer Read(WorkflowCompiler.NodeReader reader)
    {
        var activities = reader.Children("activities");
        var connections = FlowchartReader.Connections(reader, activities);
        var flowchart = new FlowchartContainer(activities, connections, FlowchartReader.Start(reader, activities, connections));
        FlowchartReader.Check(reader, flowchart.activities, flowchart.graph);
        return flowchart;
    }

    public override void Execute(Burst burst, Visit visit)
    {
        if (activities.Count == 0)
        {
            burst.Complete(visit);
            return;
        }

        visit.Flow = new FlowScope(activities.Count, graph.Connections.Count);
        burst.Schedule(visit, activities[start]);
    }

    public override void ChildCompleted(Burst burst, Visit visit, Visit child, IReadOnlyList<string> outcomes)
    {
        if (IsTerminal(child))
        {
            burst.Complete(visit);
            return;
        }

        var activity = indices[child.Node];
        if (!Leave(burst, visit, activity, outcomes, child.CameBack) && !visit.HasChildren)
        {
            burst.Complete(visit);
        }
    }

    /// <summary>Visits the connections out of an activity that completed, or was skipped or cancelled (no outcomes).</summary>
    /// <returns>True when something was scheduled.</returns>
    private bool Leave(Burst burst, Visit visit, int first, IReadOnlyList<string> firstOutcomes, bool cameBack)
    {
        var flow = visit.Flow!;
        var hasScheduled = false;

        // Skips spread depth first; a stack of its own, for flowcharts may be long. A cancellation on the way leaves from within: it stops at its own floor.
        var open = flow.Open;
        var floor = open.Count;
        Enter(first, firstOutcomes, cameBack);
        while (open.Count > floor)
        {
            var frame = open.Pop();
            var outbound = graph.Outbound[frame.Activity];
            if (frame.Next >= outbound.Length)
            {
                continue;
            }

            open.Push(frame with { Next = frame.Next + 1 });
            var connection = outbound[frame.Next];
            var isFollowed = Contains(frame.Outcomes, connection.Port);
            flow.ConnectionVisits[connection.Index]++;
            flow.IsFollowed[connection.Index] = isFollowed;
            if (!graph.IsForward(connection))
            {
                hasScheduled |= isFollowed && GoBack(burst, visit, connection);
                continue;
            }

            switch (Arrive(burst, visit, flow, connection))
            {
                case Arrival.Runs:
                    hasScheduled = true;
                    break;
                case Arrival.Skipped:
                    Enter(connection.Target, [], cameBack: false);
                    break;
            }
        }

        return hasScheduled;

        void Enter(int activity, IReadOnlyList<string> outcomes, bool cameBack)
        {
            if (graph.IsUnreachable(activity))
            {
                open.Clear();
                throw new ExpressionException($"Activity {activities[activity].Id} is not reachable from the start of the flowchart.");
            }

            if (!cameBack)
            {
                flow.ActivityVisits[activity]++;
            }

            open.Push((activity, outcomes, 0));
        }
    }

    private bool GoBack(Burst burst, Visit visit, FlowConnection connection)
    {
        if (!graph.IsValidBackward(connection))
        {
            throw new ExpressionException($"Invalid backward connection: every path to '{activities[connection.Source].Id}' must pass '{activities[connection.Target].Id}'.");
        }

        burst.Schedule(visit, activities[connection.Target]).CameBack = true;
        return true;
    }

    private Arrival Arrive(Burst burst, Visit visit, FlowScope flow, FlowConnection connection)
    {
        var target = connection.Target;
        var inbound = graph.ForwardInbound[target];
        var visits = flow.ActivityVisits[target];
        var isJoin = activities[target].Activity is FlowJoin;
        var mode = isJoin ? burst.Evaluate(visit, ((FlowJoin)activities[target].Activity!).Mode) : FlowJoinMode.WaitAllActive;
        var allVisited = true;
        var allFollowed = true;
        var anyFollowed = false;
        var turn = visits + 1;
        foreach (var other in inbound)
        {
            var times = flow.ConnectionVisits[other.Index];
            allVisited &= times > visits;
            allFollowed &= flow.IsFollowed[other.Index];

            // Only the latest turn counts: what was followed in an earlier turn of a loop says nothing.
            anyFollowed = times > turn ? flow.IsFollowed[other.Index] : anyFollowed | (times == turn && flow.IsFollowed[other.Index]);
            turn = Math.Max(turn, times);
        }

        if (mode == FlowJoinMode.WaitAny)
        {
            // The join has run for this turn already, or is about to.
            if (flow.ConnectionVisits[connection.Index] <= visits || IsOpen(visit, target))
            {
                return Arrival.Waits;
            }

            if (anyFollowed)
            {
                burst.Schedule(visit, activities[target]);
                CancelBefore(burst, visit, target);
                return Arrival.Runs;
            }
        }

        if (!allVisited)
        {
            return Arrival.Waits;
        }

        if (mode == FlowJoinMode.WaitAll ? !allFollowed : !anyFollowed)
        {
            return Arrival.Skipped;
        }

        burst.Schedule(visit, activities[target]);
        return Arrival.Runs;
    }

    private bool IsOpen(Visit visit, int activity)
    {
        foreach (var child in visit.Children)
        {
            if (child.Status == VisitStatus.Scheduled && child.Node == activities[activity])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first arrival at a WaitAny cancels what else waits before it. As in Elsa, what is only scheduled still runs.</summary>
    private void CancelBefore(Burst burst, Visit visit, int target)
    {
        foreach (var child in visit.Children.Where(child => child.Status == VisitStatus.Running && graph.Ancestors(target).Contains(indices[child.Node])).OrderBy(child => child.Number).ToList())
        {
            burst.Cancel(child);
            Leave(burst, visit, indices[child.Node], [], cameBack: false);
        }
    }

    /// <summary>Activities still ahead that could never run: a way into them comes from one that is neither over nor ahead itself. Empty unless another version of the flowchart began the visit.</summary>
    public IEnumerable<ActivityNode> Stuck(Visit visit, FlowScope flow)
    {
        var ahead = new bool[activities.Count];
        var stack = new Stack<int>(visit.Children.Select(child => indices[child.Node]));
        while (stack.TryPop(out var activity))
        {
            if (!ahead[activity])
            {
                ahead[activity] = true;
                foreach (var connection in graph.Outbound[activity])
                {
                    stack.Push(connection.Target);
                }
            }
        }

        var open = visit.Children.Select(child => indices[child.Node]).ToHashSet();
        return from activity in Enumerable.Range(0, activities.Count)
               where ahead[activity] && !open.Contains(activity) && flow.ActivityVisits[activity] == 0
               where graph.ForwardInbound[activity].Any(connection => flow.ConnectionVisits[connection.Index] == 0 && !ahead[connection.Source])
               where !TakesFirst(activities[activity]) || !graph.ForwardInbound[activity].Any(connection => ahead[connection.Source])
               select activities[activity];
    }

    private static bool TakesFirst(ActivityNode activity) =>
        activity.Activity is FlowJoin { Mode: var mode } && (mode.Value is null || (mode.ExpressionType == "Literal" && (string?)mode.Value == nameof(FlowJoinMode.WaitAny)));

    private static bool Contains(IReadOnlyList<string> outcomes, string port)
    {
        for (var index = 0; index < outcomes.Count; index++)
        {
            if (string.Equals(outcomes[index], port, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private enum Arrival
    {
        Waits,
        Runs,
        Skipped,
    }
}

/// <summary>Reads and checks the parts of a flowchart.</summary>
internal static class FlowchartReader
{
    public static List<FlowConnection> Connections(WorkflowCompiler.NodeReader reader, List<ActivityNode> activities)
    {
        var connections = new List<FlowConnection>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < activities.Count; index++)
        {
            places.TryAdd(activities[index].Id, index);
        }

        if (ActivityBinder.Property(reader.Source, "connections") is not JsonArray sources)
        {
            return connections;
        }

        for (var index = 0; index < sources.Count; index++)
        {
            var path = $"{reader.Path}.connections[{index}]";
            var (source, port) = End(sources[index], "source", places);
            var (target, inPort) = End(sources[index], "target", places);
            if (source < 0 || target < 0)
            {
                reader.Lint.Error(path, "connection.dangling", "The connection leads from or to an activity that is not in the flowchart.");
                continue;
            }

            port = port is { Length: > 0 } ? port : "Done";
            var key = $"{activities[source].Id}:{port}->{activities[target].Id}:{(inPort is { Length: > 0 } ? inPort : "In")}";
            if (!keys.Add(key))
            {
                reader.Lint.Warning(path, "connection.duplicate", $"The connection {key} is there twice.");
                continue;
            }

            CheckPort(reader, activities[source], port, path);
            connections.Add(new FlowConnection(connections.Count, source, port, target, key));
        }

        return connections;
    }

    /// <summary>The explicit start, a Start activity, one that may start the workflow, one that nothing leads to, the first.</summary>
    public static int Start(WorkflowCompiler.NodeReader reader, List<ActivityNode> activities, List<FlowConnection> connections)
    {
        var id = WorkflowCompiler.Text(reader.Source["start"]) ?? WorkflowCompiler.Text(Member(reader.Source["start"], "id"));
        var entered = connections.Select(connection => activities[connection.Target]).ToHashSet();
        Predicate<ActivityNode>[] rules =
        [
            activity => activity.Id == id,
            activity => activity.Activity is Start,
            activity => activity.CanStart,
            activity => !entered.Contains(activity),
        ];
        return rules.Select(rule => activities.FindIndex(rule)).FirstOrDefault(index => index >= 0, 0);
    }

    public static void Check(WorkflowCompiler.NodeReader reader, IReadOnlyList<ActivityNode> activities, FlowGraph graph)
    {
        for (var index = 0; index < activities.Count; index++)
        {
            if (graph.IsUnreachable(index))
            {
                reader.Lint.Warning(activities[index].Path, "activity.unreachable", $"Nothing leads to '{activities[index].DisplayText}'.");
            }
        }

        foreach (var connection in graph.Connections)
        {
            if (!graph.IsForward(connection) && !graph.IsUnreachable(connection.Source) && !graph.IsValidBackward(connection))
            {
                reader.Lint.Error($"{reader.Path}.connections", "connection.backward-invalid", $"The way back {connection.Key} jumps into the middle: every path to its source must pass its target.");
            }
        }
    }

    private static (int Activity, string? Port) End(JsonNode? connection, string property, Dictionary<string, int> places)
    {
        var end = Member(connection, property);

        // 3.0 wrote the id itself and the port beside it.
        var id = WorkflowCompiler.Text(end) ?? WorkflowCompiler.Text(Member(end, "activity"));
        var port = WorkflowCompiler.Text(Member(end, "port")) ?? WorkflowCompiler.Text(Member(connection, property + "Port"));
        return (id is not null && places.TryGetValue(id, out var place) ? place : -1, port);
    }

    private static JsonNode? Member(JsonNode? node, string name) => node is JsonObject members ? ActivityBinder.Property(members, name) : null;

    private static void CheckPort(WorkflowCompiler.NodeReader reader, ActivityNode source, string port, string path)
    {
        if (reader.Registry.Find(source.Type) is not { } descriptor || descriptor.HasDynamicOutcomes || descriptor.Outcomes.Contains(port))
        {
            return;
        }

        reader.Lint.Warning(path, "connection.port-unknown", $"'{source.DisplayText}' has no port '{port}'; it has {string.Join(", ", descriptor.Outcomes)}.");
    }
}
