using Dapper;
using Deliberation.Postgres.Maintenance;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Whether work flows, in four numbers, of all communities together.</summary>
public sealed class OperatorFigures(NpgsqlDataSource dataSource)
{
    /// <param name="TimerLagSeconds">Machine seconds by which the oldest timer that could fire is late; 0 when none is.</param>
    /// <param name="OutboxLagSeconds">Machine seconds for which the oldest message that may go out has waited; channels without a gateway count.</param>
    /// <param name="Parked">Timers and events put aside after repeated failures.</param>
    /// <param name="Incidents">Workflows stopped by an error.</param>
    /// <param name="OldestTransactionSeconds">Age of the oldest other transaction on this database.</param>
    public sealed record Reading(double TimerLagSeconds, double OutboxLagSeconds, int Parked, int Incidents, double OldestTransactionSeconds)
    {
        /// <summary>Nothing here takes a minute; what is open so long keeps what was deleted from being cleaned away, and queues grow slow.</summary>
        public bool HasOldTransaction => OldestTransactionSeconds >= 60;
    }

    /// <param name="OverdueTimers">Past their instant and free to fire: neither parked nor held nor put off, their project not suspended.</param>
    /// <param name="LateP50Seconds">By how much half of the timers of the last hour fired late, machine seconds; 0 when none fired. So the next two.</param>
    /// <param name="CheckpointAgeSeconds">Machine seconds since the newest checkpoint of the log whose newest is oldest; 0 without any log. A log to which nothing is added signs nothing.</param>
    /// <param name="LogWaiting">Entries that wait to be put into a log.</param>
    /// <param name="NodesAlive">Nodes heard of in the last 20 s.</param>
    public sealed record Flow(
        int OverdueTimers, double LateP50Seconds, double LateP95Seconds, double LateP99Seconds, double CheckpointAgeSeconds, int LogWaiting, int NodesAlive)
    {
        /// <summary>Messages that may go out and have not, by their way; <c>InApp</c> is the product's own mailbox.</summary>
        public IReadOnlyList<(string Channel, int Waiting)> Outbox { get; init; } = [];
    }

    /// <summary>How work flows, for <c>/metrics</c>.</summary>
    public async Task<Flow> ReadFlowAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var both = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            select
                (select count(*) from workflow_timer t join workflow_instance i using (community_id, instance_id)
                    where t.parked_at is null and t.held_at is null and i.paused_at is null and t.due_at <= now.council
                      and (t.retry_at is null or t.retry_at <= clock_timestamp()))::int as overdue_timers,
                coalesce(late.p[1], 0) / 1000.0 / c.rate as late_p50_seconds, coalesce(late.p[2], 0) / 1000.0 / c.rate as late_p95_seconds, coalesce(late.p[3], 0) / 1000.0 / c.rate as late_p99_seconds,
                coalesce((
                    select extract(epoch from now.council - min(newest.signed_at))::double precision / c.rate
                    from community m cross join lateral (select signed_at from log_checkpoint p where p.community_id = m.community_id order by size desc limit 1) newest), 0) as checkpoint_age_seconds,
                (select count(*) from log_pending)::int as log_waiting,
                (select count(*) from node where {Nodes.IsAlive})::int as nodes_alive
            from council_clock c, (select council_now() as council offset 0) now, lateral (
                select percentile_disc(array[0.5, 0.95, 0.99]) within group (order by lateness_ms) as p
                from workflow_timer_log where outcome = 'Fired' and fired_at > now.council - interval '1 hour') late;
            select 'InApp' as channel, count(*)::int as waiting from outbox_message where sent_at is null and (not_before is null or not_before <= (select council_now()))
            union all
            (select c.channel, count(d.channel)::int from unnest(array['Email', 'Print', 'Sms', 'WeChat']) c (channel)
                left join message_delivery d on d.channel = c.channel and d.taken_at is null and d.parked_at is null and (d.due_at is null or d.due_at <= (select council_now()))
            group by c.channel order by c.channel)
            """,
            cancellationToken: cancellationToken));
        return await both.ReadSingleAsync<Flow>() with { Outbox = (await both.ReadAsync<(string, int)>()).AsList() };
    }

    public async Task<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<Reading>(new CommandDefinition(
            """
            select
                (coalesce((
                    select extract(epoch from now.council - min(t.due_at))
                    from workflow_timer t join workflow_instance i using (community_id, instance_id)
                    where t.parked_at is null and t.held_at is null and i.paused_at is null and t.due_at <= now.council
                      and (t.retry_at is null or t.retry_at <= clock_timestamp())), 0) / c.rate)::double precision as timer_lag_seconds,
                (coalesce((
                    select extract(epoch from now.council - min(greatest(m.council_at, m.not_before)))
                    from outbox_message m where m.sent_at is null and (m.not_before is null or m.not_before <= now.council)), 0) / c.rate)::double precision as outbox_lag_seconds,
                (select count(*) from workflow_timer where parked_at is not null)::int + (select count(*) from workflow_inbox where parked_at is not null)::int as parked,
                (select count(*) from workflow_incident where resolved_at is null)::int as incidents,
                coalesce((
                    select extract(epoch from clock_timestamp() - min(xact_start)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()), 0)::double precision as oldest_transaction_seconds
            from council_clock c, (select council_now() as council offset 0) now
            """,
            cancellationToken: cancellationToken));
    }
}
