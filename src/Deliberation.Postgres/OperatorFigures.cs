using Dapper;
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

    public async Task<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<Reading>(new CommandDefinition(
            """
            select
                (coalesce((
                    select extract(epoch from now.council - min(t.due_at))
                    from workflow_timer t join workflow_instance i using (community_id, instance_id)
                    where t.parked_at is null and i.paused_at is null and t.due_at <= now.council
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
