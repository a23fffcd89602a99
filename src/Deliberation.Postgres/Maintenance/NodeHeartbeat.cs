using System.Reflection;
using Dapper;
using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Says every 5 s that this node lives, and keeps the council clock's anchor fresh.</summary>
internal sealed partial class NodeHeartbeat(NpgsqlDataSource dataSource, CouncilClock clock, TimeProvider time, ILogger<NodeHeartbeat> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Guid _node = Guid.CreateVersion7();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var beat = new PeriodicTimer(Interval, time);
        var isAway = false;
        do
        {
            try
            {
                await clock.KeepAsync(stoppingToken);
                await BeatAsync(stoppingToken);
                isAway = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException exception)
            {
                if (!isAway)
                {
                    LogMissed(exception.Message);
                }

                isAway = true;
            }
        }
        while (await NextAsync(beat, stoppingToken));
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into node (node_id, host, version) values (@node, @host, @version)
            on conflict (node_id) do update set beat_at = clock_timestamp()
            """,
            new
            {
                node = _node,
                host = Environment.MachineName,
                version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0.0.0",
            },
            cancellationToken: cancellationToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer beat, CancellationToken stoppingToken)
    {
        try
        {
            return await beat.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "Heartbeat missed: {Reason}")]
    private partial void LogMissed(string reason);
}
