using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Deletes each night what nobody needs any more, a thousand rows a transaction.</summary>
[DisallowConcurrentExecution]
internal sealed partial class RetentionJob(NpgsqlDataSource dataSource, ILogger<RetentionJob> logger) : IJob
{
    /// <summary>Table and what is too old in it. Machine time for technical rows, council time for history.</summary>
    private static readonly (string Table, string TooOld)[] Rules =
    [
        ("idempotency", "created_at < clock_timestamp() - interval '24 hours'"),
        ("workflow_timer_log", "fired_at < (select council_now()) - interval '400 days'"),
        ("roll_import", "state <> 'Applied' and uploaded_at < clock_timestamp() - interval '24 hours'"),
        ("sign_in_failure", "failed_at < clock_timestamp() - interval '1 day'"),
        ("maintenance_run", "started_at < clock_timestamp() - interval '30 days'"),
    ];

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var (table, tooOld) in Rules)
        {
            LogDeleted(await DeleteAsync(table, tooOld, cancellationToken), table);
        }
    }

    private async Task<int> DeleteAsync(string table, string tooOld, CancellationToken cancellationToken)
    {
        const int batch = 1000;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        for (var total = 0; ;)
        {
            var deleted = await connection.ExecuteAsync(new CommandDefinition(
                $"delete from {table} where ctid = any(array(select ctid from {table} where {tooOld} limit {batch}))",
                cancellationToken: cancellationToken));
            total += deleted;
            if (deleted < batch)
            {
                return total;
            }
        }
    }

    [LoggerMessage(2410, LogLevel.Information, "Retention deleted {Count} rows of {Table}")]
    private partial void LogDeleted(int count, string table);
}

/// <summary>Says once that a node has not been heard of for a minute, and forgets nodes after a day.</summary>
[DisallowConcurrentExecution]
internal sealed partial class HeartbeatSweepJob(NpgsqlDataSource dataSource, ILogger<HeartbeatSweepJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var (node, host) in await connection.QueryAsync<(Guid, string)>(new CommandDefinition(
            """
            delete from node where beat_at < clock_timestamp() - interval '1 day';
            update node set gone_at = clock_timestamp() where left_at is null and gone_at is null and beat_at < clock_timestamp() - interval '1 minute' returning node_id, host
            """,
            cancellationToken: cancellationToken)))
        {
            LogGone(node, host);
        }
    }

    [LoggerMessage(2411, LogLevel.Warning, "Node {Node} on {Host} has not been heard of for a minute")]
    private partial void LogGone(Guid node, string host);
}
