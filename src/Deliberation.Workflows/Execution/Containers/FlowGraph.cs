namespace Deliberation.Workflows.Execution.Containers;

/// <summary>A connection between two activities of a flowchart, by their indices.</summary>
internal sealed record FlowConnection(int Index, int Source, string Port, int Target, string Key);

/// <summary>The shape of a flowchart: which connections lead forward from the start, and which lead back.</summary>
internal sealed class FlowGraph
{
    private readonly bool[] isForward;
    private readonly bool[] isValidBackward;
    private readonly int start;
    private readonly HashSet<int>?[] ancestors;

    public FlowGraph(int activities, IReadOnlyList<FlowConnection> connections, int start)
    {
        this.start = start;
        Connections = connections;
        Outbound = Group(activities, connections, connection => connection.Source);
        isForward = ForwardFrom(activities, start);
        ForwardInbound = Group(activities, [.. connections.Where(connection => isForward[connection.Index])], connection => connection.Target);
        isValidBackward = [.. connections.Select(connection => !isForward[connection.Index] && !Reaches(activities, connection.Source, avoided: connection.Target))];
        ancestors = new HashSet<int>?[activities];
    }

    public IReadOnlyList<FlowConnection> Connections { get; }

    /// <summary>By activity, in the order of the definition.</summary>
    public FlowConnection[][] Outbound { get; }

    public FlowConnection[][] ForwardInbound { get; }

    public bool IsForward(FlowConnection connection) => isForward[connection.Index];

    /// <summary>A way back must lead to an activity that every path to its source passes.</summary>
    public bool IsValidBackward(FlowConnection connection) => isValidBackward[connection.Index];

    /// <summary>All that lie before an activity on forward connections. Made when a join first asks: for a long flowchart all of them are many.</summary>
    public IReadOnlySet<int> Ancestors(int activity) => ancestors[activity] ??= AncestorsOf(activity);

    /// <summary>True when no forward path leads to the activity.</summary>
    public bool IsUnreachable(int activity) => activity != start && ForwardInbound[activity].Length == 0;

    private static FlowConnection[][] Group(int activities, IReadOnlyList<FlowConnection> connections, Func<FlowConnection, int> key)
    {
        var groups = connections.ToLookup(key);
        return [.. Enumerable.Range(0, activities).Select(activity => groups[activity].ToArray())];
    }

    /// <summary>Breadth first from the start; an edge that would close a circle is not forward.</summary>
    private bool[] ForwardFrom(int activities, int start)
    {
        var forward = new bool[Connections.Count];
        if (activities == 0)
        {
            return forward;
        }

        var targets = new List<int>?[activities];
        var isVisited = new bool[activities];
        var seen = new int[activities];
        var search = 0;
        var queue = new Queue<int>([start]);
        while (queue.TryDequeue(out var source))
        {
            isVisited[source] = true;
            foreach (var connection in Outbound[source])
            {
                if (forward[connection.Index])
                {
                    continue;
                }

                if ((targets[source] ??= []).Contains(connection.Target))
                {
                    forward[connection.Index] = true;
                    continue;
                }

                if (HasPath(targets, connection.Target, source, seen, ++search))
                {
                    continue;
                }

                forward[connection.Index] = true;
                targets[source]!.Add(connection.Target);
                if (!isVisited[connection.Target])
                {
                    queue.Enqueue(connection.Target);
                }
            }
        }

        return forward;
    }

    /// <param name="seen">The last search that passed an activity.</param>
    private static bool HasPath(List<int>?[] targets, int from, int to, int[] seen, int search)
    {
        if (targets[from] is null)
        {
            return from == to;
        }

        var stack = new Stack<int>([from]);
        while (stack.TryPop(out var current))
        {
            if (current == to)
            {
                return true;
            }

            if (seen[current] == search)
            {
                continue;
            }

            seen[current] = search;
            foreach (var next in targets[current] ?? [])
            {
                stack.Push(next);
            }
        }

        return false;
    }

    /// <summary>Whether a forward path from the start reaches an activity without passing another one.</summary>
    private bool Reaches(int activities, int target, int avoided)
    {
        if (target == avoided || start == avoided)
        {
            return false;
        }

        var seen = new bool[activities];
        var stack = new Stack<int>([start]);
        while (stack.TryPop(out var current))
        {
            if (current == target)
            {
                return true;
            }

            if (seen[current] || current == avoided)
            {
                continue;
            }

            seen[current] = true;
            foreach (var connection in Outbound[current].Where(IsForward))
            {
                stack.Push(connection.Target);
            }
        }

        return false;
    }

    private HashSet<int> AncestorsOf(int activity)
    {
        var ancestors = new HashSet<int>();
        var stack = new Stack<int>([activity]);
        while (stack.TryPop(out var current))
        {
            foreach (var connection in ForwardInbound[current])
            {
                if (ancestors.Add(connection.Source))
                {
                    stack.Push(connection.Source);
                }
            }
        }

        return ancestors;
    }
}
