using System.Globalization;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Xunit.Abstractions;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>Made-up definitions and their children, events in any order and early, faults, retries and cancellations, and a host that dies before or after any commit: the end is that of a run nobody disturbed.</summary>
/// <remarks>
/// <c>DELIBERATION_SEEDS=100000 dotnet test tests/Deliberation.Tests --filter SimulationTests</c> for a night's worth; <c>DELIBERATION_SEED=17</c> plays one again.
/// </remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsOfTheSuite = 2_000;
    private static readonly WorkflowEngine Engine = new(new ActivityRegistry().Add<FlakyActivity>());

    [Fact]
    public void However_often_the_host_dies_the_end_is_the_same()
    {
        var seeds = Setting("DELIBERATION_SEED") is { } one ? Enumerable.Range(one, 1) : Enumerable.Range(0, Setting("DELIBERATION_SEEDS") ?? SeedsOfTheSuite);
        var figures = new int[Enum.GetValues<SimulationFigure>().Length];
        Parallel.ForEach(seeds, seed =>
        {
            try
            {
                Play(seed, figures);
            }
            catch (Exception problem)
            {
                throw new SimulationException($"DELIBERATION_SEED={seed}: {problem.Message}\n{Root(seed)}\n{Child(seed)}");
            }
        });
        output.WriteLine($"{seeds.Count()} seeds: {string.Join(", ", Enum.GetValues<SimulationFigure>().Select(figure => $"{figure} {figures[(int)figure]}"))}");
        Assert.True(seeds.Count() < 100 || figures.All(figure => figure > 0), "The definitions do too little.");
    }

    private static void Play(int seed, int[] figures)
    {
        var quiet = Run(seed, null, figures);
        var disturbed = Run(seed, new Random(seed + 1), figures);
        if (quiet.Whole != disturbed.Whole)
        {
            throw new SimulationException($"The ends differ:\n{quiet.Whole}\n---\n{disturbed.Whole}");
        }
    }

    private static SimulatedWorld Run(int seed, Random? deaths, int[] figures)
    {
        var world = new SimulatedWorld(Engine, Read(Root(seed)), Read(Child(seed)), new Random(seed + 2), deaths);
        world.Run();
        foreach (var (figure, count) in world.Figures)
        {
            Interlocked.Add(ref figures[(int)figure], count);
        }

        return world;
    }

    private static string Root(int seed) => new RandomWorkflow(new Random(seed)).Make();

    private static string Child(int seed) => new RandomWorkflow(new Random(seed + 3), isChild: true).Make();

    private static WorkflowDefinition Read(string json) => WorkflowDefinitionReader.Read(json, Engine.Registry).Definition!;

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
