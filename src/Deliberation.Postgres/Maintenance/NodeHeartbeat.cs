using System.Reflection;
using Dapper;
using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Who is alive among the nodes on the database.</summary>
public static class Nodes
{
    /// <summary>Condition on a row of <c>node</c>: four beats missed are a node that is gone.</summary>
    public const string IsAlive = "left_at is null and beat_at > clock_timestamp() - interval '20 seconds'";
}

/// <summary>This process among the nodes on the database.</summary>
internal sealed class NodeIdentity
{
    public Guid Id { get; } = Guid.CreateVersion7();
}

/// <summary>Says every 5 s that this node lives, and keeps the council clock's anchor fresh.</summary>
internal sealed partial class NodeHeartbeat(NpgsqlDataSource dataSource, NodeIdentity identity, CouncilClock clock, TimeProvider time, ILogger<NodeHeartbeat> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

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

    /// <summary>A node that stops in order says so: nobody has to wait for its silence.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(
                "update node set left_at = clock_timestamp() where node_id = @Id", new { identity.Id }, cancellationToken: cancellationToken));
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            LogMissed(exception.Message);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into node (node_id, host, version) values (@node, @host, @version)
            on conflict (node_id) do update set beat_at = clock_timestamp(), gone_at = null
            """,
            new
            {
                node = identity.Id,
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
