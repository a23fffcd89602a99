using Dapper;
using Npgsql;

namespace Deliberation.Postgres.Maintenance;

/// <summary>A maintenance job as it stands. Machine time throughout.</summary>
/// <param name="NextAt">Null when it is not scheduled (no node has begun to schedule yet).</param>
/// <param name="StartedAt">Of its last run; null when it has not run for a month.</param>
/// <param name="EndedAt">Null while it runs, and for ever when its node died.</param>
/// <param name="IsNodeGone">The node that runs or ran it is heard of no more.</param>
/// <param name="Error">Null when it went well, or has not ended.</param>
/// <param name="Reason">Why somebody asked for that run; null when it came by its schedule.</param>
/// <param name="AskedAt">Of a run that has been asked for and not begun; null when there is none.</param>
public sealed record MaintenanceState(
    string Name, DateTimeOffset? NextAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, bool IsNodeGone, string? Error, string? Reason, DateTimeOffset? AskedAt);

/// <summary>Runs of maintenance jobs on record.</summary>
public static class MaintenanceRuns
{
    public static async Task<IReadOnlyList<MaintenanceState>> ReadMaintenanceAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var names = MaintenanceJobs.All.ToArray();
        var next = await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select to_regclass('qrtz_triggers') is not null", cancellationToken: cancellationToken))
            ? (await connection.QueryAsync<(string Name, long Ticks)>(new CommandDefinition(
                "select trigger_name, next_fire_time from qrtz_triggers where trigger_group = 'DEFAULT' and trigger_name = any(@names) and next_fire_time > 0",
                new { names },
                cancellationToken: cancellationToken))).ToDictionary(trigger => trigger.Name, trigger => new DateTimeOffset(trigger.Ticks, TimeSpan.Zero))
            : [];
        var runs = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select j.name, r.started_at, r.ended_at, r.error, r.reason, a.asked_at,
                r.node_id is not null and not exists (select from node n where n.node_id = r.node_id and {Nodes.IsAlive}) as is_node_gone
            from unnest(@names) with ordinality as j (name, place)
            left join lateral (select * from maintenance_run where job = j.name and started_at is not null order by started_at desc limit 1) r on true
            left join maintenance_run a on a.job = j.name and a.started_at is null
            order by j.place
            """,
            new { names },
            cancellationToken: cancellationToken));
        return [.. runs.Select(run => new MaintenanceState(
            run.Name, next.TryGetValue(run.Name, out var at) ? at : null, run.StartedAt, run.EndedAt, run.IsNodeGone, run.Error, run.Reason, run.AskedAt))];
    }

    /// <summary>Puts a run on record that a node begins within seconds, and again should that one die before it has begun.</summary>
    /// <returns>False when one is waiting already.</returns>
    public static async Task<bool> AskForRunAsync(this NpgsqlConnection connection, string job, Guid staff, string reason, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into maintenance_run (run_id, job, asked_at, asked_by, reason) values (@run, @job, clock_timestamp(), @staff, @reason)
            on conflict (job) where started_at is null do nothing
            """,
            new { run = Guid.CreateVersion7(), job, staff, reason },
            cancellationToken: cancellationToken)) == 1;

    private sealed record Row
    {
        public string Name { get; init; } = "";
        public DateTimeOffset? StartedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public string? Error { get; init; }
        public string? Reason { get; init; }
        public DateTimeOffset? AskedAt { get; init; }
        public bool IsNodeGone { get; init; }
    }
}
