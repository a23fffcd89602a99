using Deliberation.IntegrationTests.Journeys;
using Deliberation.Postgres;
using Deliberation.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The whole renovation on a product that is killed from inside at its commit points, and goes on.</summary>
/// <remarks>
/// The suite kills at some visits of every point; <c>DELIBERATION_CRASH=all</c> once at every visit of every point, for hours:
/// <c>DELIBERATION_CRASH=all dotnet test tests/Deliberation.IntegrationTests --filter CrashTests</c>; <c>none</c> only plays.
/// </remarks>
[Collection(RenovationTests.Name)]
public sealed class CrashTests(UndisturbedRenovation renovation, ITestOutputHelper output)
{
    [CrashFact]
    public async Task Killed_at_every_commit_point_the_renovation_ends_as_if_nothing_had_been()
    {
        var playing = renovation.EndStateAsync(); // at the same time: either waits more than it computes
        FaultPlan faults = Environment.GetEnvironmentVariable("DELIBERATION_CRASH") switch { "all" => new AllFaults(), "none" => new NoFaults(), _ => new SomeFaults() };
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await using var product = await CrashingProduct.StartAsync(database, faults);
        await database.SetCouncilTimeAsync(renovation.BeginsAt);
        using var scenario = new OldCompoundScenario(product);
        try
        {
            await scenario.PlayAsync();
        }
        finally
        {
            output.WriteLine($"{faults.Kills.Values.Sum()} kills: {string.Join(", ", faults.Kills.OrderBy(kill => kill.Key).Select(kill => $"{kill.Key} {kill.Value}"))}");
        }

        await product.UntilKeysAreDestroyedAsync();
        await product.UntilLogIsWrittenAsync();
        var undisturbed = await playing;
        var disturbed = await EndState.ReadAsync(database.DataSource);
        Assert.Empty(await EndState.FaultsAsync(database.DataSource));
        Assert.True(undisturbed.SequenceEqual(disturbed), Difference(undisturbed, disturbed));
        Assert.Empty((faults as SomeFaults)?.Left ?? []);
        Assert.Empty(faults is NoFaults ? [] : FaultPoint.Names.Except(faults.Kills.Keys));
    }

    private static string Difference(IReadOnlyList<string> undisturbed, IReadOnlyList<string> disturbed) => string.Join(
        '\n', [.. undisturbed.Except(disturbed).Take(40).Select(line => $"undisturbed: {line}"), .. disturbed.Except(undisturbed).Take(40).Select(line => $"  disturbed: {line}")]);
}
