using System.Diagnostics;
using System.Globalization;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Bench.Steps;

/// <summary>The pure engine on one thread, without a database; the journal is made as always.</summary>
internal static class InMemory
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);
    private static readonly WorkflowEngine Engine = new(new ActivityRegistry());

    /// <summary>A For of 10,000 turns, each a SetVariable that evaluates an expression.</summary>
    private const string Loop =
        """
        {"id":"bench-loop","definitionId":"bench-loop","name":"Loop","variables":[{"id":"n","name":"Count","typeName":"Int32","value":"0"}],
         "root":{"id":"F","type":"Elsa.For","start":1,"end":10000,"body":
          {"id":"c","type":"Elsa.SetVariable","variable":{"id":"n","name":"Count"},
           "value":{"typeName":"Object","expression":{"type":"JavaScript","value":"getVariable('Count') + 1"}}}}}
        """;

    public static EngineSpeed OfLoop() => Measure(Loop);

    /// <summary>100 activities in a row, every fifth a decision whose two ways meet again.</summary>
    public static EngineSpeed OfFlowchart() => Measure(Flowchart(100));

    /// <returns>Milliseconds to read, check and compile a flowchart; the median of nine.</returns>
    public static double ImportMilliseconds(int activities)
    {
        var text = Flowchart(activities);
        var times = new List<double>();
        for (var turn = 0; turn < 9; turn++)
        {
            var clock = Stopwatch.StartNew();
            Read(text);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static EngineSpeed Measure(string text)
    {
        var definition = Read(text);
        Run(definition, WarmUp);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (activities, took) = Run(definition, Duration);
        return new EngineSpeed(activities / took.TotalSeconds / 1_000_000, (GC.GetAllocatedBytesForCurrentThread() - allocated) / activities);
    }

    private static (long Activities, TimeSpan Took) Run(WorkflowDefinition definition, TimeSpan duration)
    {
        long activities = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            foreach (var entry in Engine.Start(definition, "bench", [], null, DateTimeOffset.UnixEpoch, []).Journal)
            {
                activities += entry.Event == "Completed" ? 1 : 0;
            }
        }

        return (activities, clock.Elapsed);
    }

    private static WorkflowDefinition Read(string text)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(text, Engine.Registry);
        return definition is not null && messages.Count == 0
            ? definition
            : throw new BenchException($"The definition does not read: {string.Join("; ", messages.Select(message => message.Message))}");
    }

    private static string Flowchart(int count)
    {
        var activities = Enumerable.Range(0, count).Select(index => Decides(index)
            ? Text($$"""{"id":"a{{index}}","type":"Elsa.FlowDecision","condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"getCount() > 3"} } }""")
            : Text($$"""{"id":"a{{index}}","type":"Elsa.SetVariable","variable":{"id":"n","name":"Count"},"value":7}"""));
        var connections = Enumerable.Range(0, count - 1).SelectMany(index => (Decides(index) ? ["True", "False"] : new[] { "Done" }).Select(port =>
            Text($$"""{"source":{"activity":"a{{index}}","port":"{{port}}"},"target":{"activity":"a{{index + 1}}","port":"In"} }""")));
        return $$"""
            {"id":"bench-flow","definitionId":"bench-flow","name":"Flow","variables":[{"id":"n","name":"Count","typeName":"Int32","value":"0"}],
             "root":{"id":"fc","type":"Elsa.Flowchart","activities":[{{string.Join(',', activities)}}],"connections":[{{string.Join(',', connections)}}]} }
            """;

        static bool Decides(int index) => index % 5 == 4;

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>Million activities a second, and bytes allocated for each.</summary>
internal sealed record EngineSpeed(double MillionsPerSecond, long BytesPerActivity);
