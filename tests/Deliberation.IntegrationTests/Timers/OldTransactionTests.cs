using System.Diagnostics;
using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>A transaction that somebody left open (reliability.md F20): what fired since cannot be cleaned away, and claiming stays fast; whoever watches is told.</summary>
public sealed class OldTransactionTests(ITestOutputHelper output)
{
    /// <summary>Half an hour of some fifteen timers a second.</summary>
    private const int Dead = 25_000;

    [Fact]
    public async Task Claims_stay_fast_over_what_an_open_transaction_keeps_from_being_cleaned()
    {
        await using var nodes = await Nodes.CreateAsync();
        nodes.Add();
        await nodes.PlanAsync("waits", """{"id":"d","type":"Elsa.Delay","timeSpan":"01:00:00"}""", 50, "council_now() - interval '1 second'");
        await using var connection = await nodes.Database.DataSource.OpenConnectionAsync();
        var (_, alone) = await CostAsync(connection);
        await using var forgotten = await nodes.Database.DataSource.OpenConnectionAsync();
        await using var open = await forgotten.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await forgotten.ExecuteScalarAsync<long>("select count(*) from workflow_timer"); // its snapshot is taken
        await nodes.RunAsync(
            $"""
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select 1, (select min(instance_id::text)::uuid from workflow_instance), 'x' || n, 'b', 'a', 't', 'v', 'h', council_now() from generate_series(1, {Dead}) n;
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, instance_id, bookmark_id, council_now() - interval '1 hour', council_now(), 'Once' from workflow_bookmark where bookmark_id like 'x%';
            """);
        await nodes.RunAsync("delete from workflow_bookmark where bookmark_id like 'x%'; analyze workflow_timer, workflow_bookmark");

        var (look, claim) = await CostAsync(connection);
        output.WriteLine($"look {look:0.0} ms, claim {claim:0.0} ms over {Dead} dead timers; claim {alone:0.0} ms without");
        Assert.InRange(look + claim, 0, 50); // the goal is for the 99th percentile of a machine that does nothing else: bench timers
        Assert.InRange(claim, 0, (5 * alone) + 2); // by its key it meets none of them

        var read = await nodes.First.GetRequiredService<OperatorFigures>().ReadAsync(default);
        Assert.True(read.OldestTransactionSeconds > 0);
    }

    /// <returns>Medians of a look for what is due and of a claim, milliseconds.</returns>
    private static async Task<(double Look, double Claim)> CostAsync(NpgsqlConnection connection)
    {
        var (looks, claims) = (new List<double>(), new List<double>());
        for (var sample = 0; sample < 100; sample++)
        {
            var clock = Stopwatch.StartNew();
            var found = await connection.FindDueAsync(64, default);
            looks.Add(clock.Elapsed.TotalMilliseconds);
            await using var transaction = await connection.BeginTransactionAsync();
            clock.Restart();
            Assert.NotNull(await connection.ClaimAsync(found[sample % found.Count], default));
            claims.Add(clock.Elapsed.TotalMilliseconds);
        }

        return (looks.Order().ElementAt(50), claims.Order().ElementAt(50));
    }

    [Theory]
    [InlineData(59.9, false)]
    [InlineData(60, true)]
    public void A_transaction_a_minute_old_raises_the_alarm(double ageSeconds, bool isAlarm) =>
        Assert.Equal(isAlarm, new OperatorFigures.Reading(0, 0, 0, 0, ageSeconds).HasOldTransaction);
}
