using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>A definition made up from a seed: containers in containers, loops with waits inside, flowcharts with forks, joins, decisions and ways back, waits of every kind, events for itself and others.</summary>
/// <param name="isChild">A smaller one, which calls none.</param>
internal sealed class RandomWorkflow(Random random, bool isChild = false)
{
    public const string Root = "random";
    public const string Child = "child";
    public const int EventNames = 3;

    private readonly int _deepest = isChild ? 2 : 4;
    private readonly int _mostActivities = isChild ? 10 : 40;
    private static readonly string[] JoinModes = ["WaitAny", "WaitAll", "WaitAllActive"];

    private int _made;

    /// <returns>The definition as JSON text.</returns>
    public string Make()
    {
        var root = random.Next(3) == 0 ? Container(0) : Flowchart(0);
        return new JsonObject
        {
            ["id"] = isChild ? "child-1" : "random-1",
            ["definitionId"] = isChild ? Child : Root,
            ["name"] = "Random",
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "n", ["name"] = "Count", ["typeName"] = "Int32", ["value"] = "0" }),
            ["options"] = random.Next(5) == 0 ? new JsonObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" } : null,
            ["root"] = root,
        }.ToJsonString();
    }

    private JsonObject Any(int depth) => depth < _deepest && _made < _mostActivities && random.Next(3) == 0
        ? random.Next(3) == 0 ? Flowchart(depth) : Container(depth)
        : Leaf();

    private JsonObject New(string type, params (string Name, JsonNode? Value)[] properties)
    {
        var activity = new JsonObject { ["id"] = string.Create(CultureInfo.InvariantCulture, $"a{++_made}"), ["type"] = type == "Flaky" ? FlakyActivity.Type : $"Elsa.{type}", ["version"] = 1 };
        foreach (var (name, value) in properties)
        {
            activity[name] = value;
        }

        return activity;
    }

    private JsonObject Leaf() => random.Next(16) switch
    {
        12 => New("PublishEvent", ("eventName", $"E{random.Next(EventNames)}"), ("isLocalEvent", random.Next(3) == 0), ("payload", Script("getCount()"))),
        13 or 14 when !isChild && random.Next(2) == 0 => New(random.Next(2) == 0 ? "ExecuteWorkflow" : "DispatchWorkflow", ("workflowDefinitionId", Child), ("waitForCompletion", random.Next(4) > 0)),
        15 when random.Next(2) == 0 => New("Flaky"),
        0 or 1 => New("Event", ("eventName", $"E{random.Next(EventNames)}")),
        2 => New("Delay", ("timeSpan", $"0{random.Next(3)}:00:00")),
        3 => New("RunTask", ("taskName", "T")),
        4 or 5 or 6 => New("SetVariable", ("variable", new JsonObject { ["id"] = "n", ["name"] = "Count" }), ("value", Script("getCount() + 1"))),
        7 when random.Next(6) == 0 => New("Fault", ("message", "made up")),
        8 when random.Next(6) == 0 => New("Finish"),
        9 when random.Next(6) == 0 => New("End"),
        10 when random.Next(6) == 0 => New("Complete"),
        _ => New("WriteLine", ("text", Script("'count ' + getCount()"))),
    };

    private JsonObject Wait() => random.Next(3) switch
    {
        0 => New("Event", ("eventName", $"E{random.Next(EventNames)}")),
        1 => New("Delay", ("timeSpan", "00:30:00")),
        _ => New("RunTask", ("taskName", "T")),
    };

    private JsonObject Container(int depth) => random.Next(9) switch
    {
        0 => New("If", ("condition", Condition()), ("then", Any(depth + 1)), ("else", random.Next(2) == 0 ? null : Any(depth + 1))),
        1 => New("ForEach", ("items", new JsonArray(1, 2)), ("body", Any(depth + 1))),
        2 => New("ParallelForEach", ("items", new JsonArray("x", "y")), ("body", Any(depth + 1))),
        3 => New("For", ("start", 1), ("end", random.Next(1, 4)), ("body", random.Next(5) == 0 ? New("Sequence", ("activities", new JsonArray(Leaf(), New("Break")))) : Any(depth + 1))),
        4 => New("Fork", ("joinMode", random.Next(2) == 0 ? "WaitAny" : "WaitAll"), ("branches", Several(depth, 2, 3))),
        5 => New("Parallel", ("activities", Several(depth, 2, 3))),
        6 when random.Next(2) == 0 => New("While", ("condition", Script($"getCount() < {random.Next(4)}")), ("body", New("Sequence", ("activities", new JsonArray(Counter(), Wait(), Any(depth + 1)))))),
        6 => New("While", ("condition", Script($"getCount() < {random.Next(4)}")), ("body", New("Sequence", ("activities", new JsonArray(Counter(), Any(depth + 1)))))),
        _ => New("Sequence", ("activities", Several(depth, 1, 4))),
    };

    private JsonArray Several(int depth, int least, int most) => [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => (JsonNode)Any(depth + 1))];

    /// <summary>Nodes in a row that can only reach later ones, and now and then one way back.</summary>
    private JsonObject Flowchart(int depth)
    {
        var count = random.Next(2, 8);
        var nodes = new List<(JsonObject Activity, string[] Ports)>();
        for (var index = 0; index < count; index++)
        {
            nodes.Add(random.Next(6) switch
            {
                0 => (New("FlowDecision", ("condition", Condition())), ["True", "False"]),
                1 => (New("FlowFork", ("branches", new JsonArray("A", "B"))), ["A", "B"]),
                2 => (New("FlowJoin", ("mode", JoinModes[random.Next(JoinModes.Length)])), ["Done"]),
                _ => (Any(depth + 1), ["Done"]),
            });
        }

        var connections = new JsonArray();
        for (var from = 0; from < count - 1; from++)
        {
            foreach (var port in nodes[from].Ports)
            {
                if (random.Next(6) > 0)
                {
                    Connect(from, port, random.Next(from + 1, Math.Min(count, from + 3)));
                }
            }

            if (random.Next(4) == 0)
            {
                Connect(from, nodes[from].Ports[0], random.Next(from + 1, count));
            }
        }

        if (random.Next(4) == 0)
        {
            Race();
        }

        if (random.Next(5) == 0 && count > 3)
        {
            var loop = New("FlowDecision", ("condition", Script("getCount() < 3")));
            nodes.Add((loop, ["True", "False"]));
            nodes.Add((Counter(), ["Done"]));
            Connect(count - 1, nodes[count - 1].Ports[0], nodes.Count - 2);
            Connect(nodes.Count - 2, "True", nodes.Count - 1);
            Connect(nodes.Count - 1, "Done", random.Next(count));
        }

        return New("Flowchart", ("activities", new JsonArray([.. nodes.Select(node => (JsonNode)node.Activity)])), ("connections", connections));

        // Two waits and a join: the first to come cancels the other.
        void Race()
        {
            var at = nodes.Count;
            nodes.AddRange([(New("FlowFork", ("branches", new JsonArray("A", "B"))), ["A", "B"]), (Wait(), ["Done"]), (Wait(), ["Done"]), (New("FlowJoin", ("mode", "WaitAny")), ["Done"]), (Leaf(), ["Done"])]);
            Connect(random.Next(count), "Done", at);
            Connect(at, "A", at + 1);
            Connect(at, "B", at + 2);
            Connect(at + 1, "Done", at + 3);
            Connect(at + 2, "Done", at + 3);
            Connect(at + 3, "Done", at + 4);
        }

        void Connect(int from, string port, int to) => connections.Add((JsonNode)new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = nodes[from].Activity["id"]!.GetValue<string>(), ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = nodes[to].Activity["id"]!.GetValue<string>(), ["port"] = "In" },
        });
    }

    private JsonObject Counter() => New("SetVariable", ("variable", new JsonObject { ["id"] = "n", ["name"] = "Count" }), ("value", Script("getCount() + 1")));

    private JsonObject Condition() => Script($"getCount() % 2 == {random.Next(2)}");

    private static JsonObject Script(string text) => new() { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text } };
}
