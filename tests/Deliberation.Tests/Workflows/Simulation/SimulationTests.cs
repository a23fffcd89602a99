using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Xunit.Abstractions;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>Made-up definitions, events in any order, and a host that dies before or after any commit: the end is that of a run nobody disturbed.</summary>
/// <remarks>
/// <c>DELIBERATION_SEEDS=100000 dotnet test tests/Deliberation.Tests --filter SimulationTests</c> for a night's worth; <c>DELIBERATION_SEED=17</c> plays one again.
/// </remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsOfTheSuite = 2_000;
    private const int MostSteps = 60;
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly WorkflowEngine Engine = new(new ActivityRegistry());

    [Fact]
    public void However_often_the_host_dies_the_end_is_the_same()
    {
        var seeds = Setting("DELIBERATION_SEED") is { } one ? Enumerable.Range(one, 1) : Enumerable.Range(0, Setting("DELIBERATION_SEEDS") ?? SeedsOfTheSuite);
        var figures = new int[4]; // bursts, faulted, finished, deaths
        Parallel.ForEach(seeds, seed =>
        {
            try
            {
                Play(seed, figures);
            }
            catch (Exception problem)
            {
                throw new SimulationException($"DELIBERATION_SEED={seed}: {problem.Message}\n{new RandomWorkflow(new Random(seed)).Make()}");
            }
        });
        output.WriteLine($"{seeds.Count()} seeds: {figures[0]} bursts, {figures[1]} instances faulted, {figures[2]} finished, {figures[3]} deaths of the host");
        Assert.True(figures[0] > seeds.Count() && (seeds.Count() < 100 || figures.All(figure => figure > 0)), "The definitions do too little.");
    }

    private static void Play(int seed, int[] figures)
    {
        var json = new RandomWorkflow(new Random(seed)).Make();
        var quiet = Run(json, seed, null, figures);
        var disturbed = Run(json, seed, new Random(seed + 1), figures);
        if (quiet.Whole != disturbed.Whole)
        {
            throw new SimulationException($"The ends differ:\n{quiet.Whole}\n---\n{disturbed.Whole}");
        }
    }

    private static SimulatedStore Run(string json, int seed, Random? deaths, int[] figures)
    {
        var store = new SimulatedStore(Engine, Read(json), Now);
        Do(store, store.Begin, deaths, figures);
        var choices = new Random(seed + 2);
        for (var step = 0; step < MostSteps && store.Waiting.Count > 0; step++)
        {
            var bookmark = store.Waiting[choices.Next(store.Waiting.Count)];
            var input = bookmark.DueAt is null ? JsonValue.Create(step) : null;
            Do(store, () => store.Step(bookmark, input), deaths, figures);
            if (deaths?.Next(3) == 0)
            {
                TwiceChangesNothing(store, bookmark, input);
            }
        }

        Interlocked.Increment(ref figures[store.SubStatus is WorkflowSubStatus.Faulted ? 1 : store.Status is WorkflowStatus.Finished ? 2 : 0]);
        return store;
    }

    private static void Do(SimulatedStore store, Func<Transition> step, Random? deaths, int[] figures)
    {
        while (deaths?.Next(4) == 0)
        {
            step(); // decided, and dead before the commit: nothing of it is left
            Interlocked.Increment(ref figures[3]);
        }

        store.Commit(step());
        Interlocked.Increment(ref figures[0]);
    }

    /// <summary>Dead after the commit: whoever delivered the event does not know, and delivers it again.</summary>
    private static void TwiceChangesNothing(SimulatedStore store, Bookmark bookmark, JsonNode? input)
    {
        var before = store.Whole;
        var again = store.Step(bookmark, input);
        if (again.Journal.Count + again.Commands.Count + again.AddedBookmarks.Count + again.RemovedBookmarkIds.Count > 0)
        {
            throw new SimulationException($"{bookmark.Id} was taken twice.");
        }

        store.Commit(again);
        if (store.Whole != before)
        {
            throw new SimulationException($"{bookmark.Id}, delivered again, has changed something.");
        }
    }

    private static WorkflowDefinition Read(string json) => WorkflowDefinitionReader.Read(json, Engine.Registry).Definition!;

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
