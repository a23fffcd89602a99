using System.Data;
using System.Diagnostics;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Bench.Timers;

/// <summary>Workflows that wait for one timer each, and what a million of them cost the next one.</summary>
internal sealed class WaitingTimers(BenchServer server)
{
    public const int Million = 1_000_000;
    private const int Few = 1_000;
    private const int Dead = 25_000; // half an hour of some fifteen a second
    private const int Samples = 400;
    private static readonly CommunityId Community = new(1);
    private static readonly ProjectId Project = new(new Guid("00000000-0000-7000-8000-00000000be0d"));

    private const string Waits =
        """
        {"id":"bench-timers","definitionId":"bench-timers","name":"Timers",
         "root":{"id":"S","type":"Elsa.Sequence","activities":[{"id":"d","type":"Elsa.Delay","timeSpan":"365.00:00:00"},{"id":"w","type":"Elsa.WriteLine","text":"gone"}]}}
        """;

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await server.ExecuteAsync(
            $"""
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'bench', 'Bench', 'Urban', '-', '-', '-', '-');
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '{Project.Value}', 'Bench', 'bench', 1, 'Decided');
            """,
            cancellationToken);
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await server.Services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, "bench-timers", "Timers", Waits, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>One workflow, started and its timer written in a transaction of its own.</summary>
    public async Task<Guid> ScheduleAsync(CancellationToken cancellationToken)
    {
        var instance = Guid.CreateVersion7();
        await using var scope = server.Services.CreateAsyncScope();
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>().StartAsync(connection, Community, Project, instance, "bench-timers", [], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return instance;
    }

    /// <summary>Workflows with a timer each, written at once.</summary>
    /// <param name="due">SQL of the due instant; <c>n</c> counts from 1.</param>
    public async Task PlanAsync(int count, string due, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("truncate workflow_instance, workflow_timer_log cascade", cancellationToken);
        var first = await ScheduleAsync(cancellationToken);
        await server.ExecuteAsync("delete from workflow_timer", cancellationToken);
        await server.DataSource.CopyAsync(first, count - 1);
        await server.ExecuteAsync(
            $"""
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, instance_id, bookmark_id, {due}, {due}, 'Once' from (select instance_id, bookmark_id, row_number() over () as n from workflow_bookmark) b
            """,
            cancellationToken);
        await server.ExecuteAsync("vacuum analyze", cancellationToken);
        await server.ExecuteAsync("checkpoint", cancellationToken);
    }

    /// <returns>What one more timer and one claim cost with a million that wait, by those with a thousand, measured before and after it.</returns>
    public async Task<(double Insert, double Claim, double InsertMs, double ClaimMs)> MillionAsync(CancellationToken cancellationToken)
    {
        var before = await FewAsync(cancellationToken);
        await AddMillionAsync(cancellationToken);
        var many = await CostAsync(cancellationToken);
        var after = await FewAsync(cancellationToken);
        return (2 * many.Insert / (before.Insert + after.Insert), 2 * many.Claim / (before.Claim + after.Claim), many.Insert, many.Claim);
    }

    private async Task<(double Insert, double Claim)> FewAsync(CancellationToken cancellationToken)
    {
        await PlanAsync(Few, "council_now() + interval '30 days' + n * interval '1 second'", cancellationToken);
        return await CostAsync(cancellationToken);
    }

    /// <returns>99th percentile, milliseconds, of finding and claiming the one that is due while a forgotten transaction keeps 25,000 that have fired from being cleaned away.</returns>
    public async Task<double> ClaimOverDeadAsync(CancellationToken cancellationToken)
    {
        await PlanAsync(Few, "council_now() + interval '30 days' + n * interval '1 second'", cancellationToken);
        await using var forgotten = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var open = await forgotten.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var look = new NpgsqlCommand("select count(*) from workflow_timer", forgotten);
        await look.ExecuteScalarAsync(cancellationToken); // its snapshot is taken
        await server.ExecuteAsync(
            $"""
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select 1, (select min(instance_id::text)::uuid from workflow_instance), 'x' || n, 'b', 'a', 't', 'v', 'h', council_now() from generate_series(1, {Dead}) n
            """,
            cancellationToken);
        await server.ExecuteAsync(
            """
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, instance_id, bookmark_id, council_now() - interval '1 hour', council_now(), 'Once' from workflow_bookmark where bookmark_id like 'x%'
            """,
            cancellationToken);
        await server.ExecuteAsync("delete from workflow_bookmark where bookmark_id like 'x%'", cancellationToken);
        var (_, claims) = await SamplesAsync(cancellationToken);
        return claims[(int)(0.99 * Samples)];
    }

    private async Task AddMillionAsync(CancellationToken cancellationToken)
    {
        await server.ExecuteAsync(
            $"""
            with chosen as (select community_id, instance_id from workflow_instance order by instance_id limit {Few})
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select community_id, instance_id, instance_id || 'm' || n, 'Elsa.Delay', 'd', 'Elsa.Delay', 'v', 'h', council_now() from chosen, generate_series(1, {Million / Few}) n
            """,
            cancellationToken);
        await server.ExecuteAsync(
            """
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select community_id, instance_id, bookmark_id, at, at, 'Once'
            from (select community_id, instance_id, bookmark_id, council_now() + interval '30 days' + random() * interval '300 days' as at from workflow_bookmark where bookmark_id like '%m%') b
            """,
            cancellationToken);
        await server.ExecuteAsync("vacuum analyze", cancellationToken);
        await server.ExecuteAsync("checkpoint", cancellationToken);
    }

    /// <returns>Medians.</returns>
    private async Task<(double Insert, double Claim)> CostAsync(CancellationToken cancellationToken)
    {
        var (inserts, claims) = await SamplesAsync(cancellationToken);
        return (inserts[Samples / 2], claims[Samples / 2]);
    }

    /// <returns>Milliseconds, the smallest first, of one workflow started with its timer, and of finding and claiming one that is due.</returns>
    private async Task<(double[] Inserts, double[] Claims)> SamplesAsync(CancellationToken cancellationToken)
    {
        var (inserts, claims) = (new List<double>(Samples), new List<double>(Samples));
        for (var sample = -50; sample < Samples; sample++) // the first ones warm up
        {
            var clock = Stopwatch.StartNew();
            var instance = await ScheduleAsync(cancellationToken);
            Keep(inserts, sample, clock);
            await server.ExecuteAsync($"update workflow_timer set due_at = council_now() where community_id = 1 and instance_id = '{instance}'", cancellationToken);
            clock.Restart();
            await ClaimAsync(instance, cancellationToken);
            Keep(claims, sample, clock);
            await server.ExecuteAsync($"delete from workflow_timer where community_id = 1 and instance_id = '{instance}'", cancellationToken);
        }

        return ([.. inserts.Order()], [.. claims.Order()]);
    }

    private async Task ClaimAsync(Guid instance, CancellationToken cancellationToken)
    {
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        var found = await connection.FindDueAsync(64, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (found is not [var due] || due.InstanceId != instance || await connection.ClaimAsync(due, cancellationToken) is null)
        {
            throw new BenchException("Not the one timer that is due was claimed.");
        }
    }

    private static void Keep(List<double> times, int sample, Stopwatch clock)
    {
        if (sample >= 0)
        {
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
    }
}
