using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Postgres.Scheduling;

/// <summary>Carries wake-ups between nodes over one connection of its own. A courtesy: what it loses, the poll finds.</summary>
/// <remarks>NOTIFY is sent at most ten times a second and never inside a transaction: there it would take a database-wide lock at commit.</remarks>
internal sealed partial class PumpNotifier(Database database, PumpSignal signal, TimeProvider time, ILogger<PumpNotifier> logger) : BackgroundService
{
    private const string Channel = "deliberation_pump";
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(3);

    private readonly string _self = Guid.NewGuid().ToString("N");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
            {
                LogDisconnected(exception.Message);
                await Task.Delay(Reconnect, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, KeepAlive = 10, Timeout = 5, ApplicationName = "deliberation-listen" };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Notification += (_, notification) =>
        {
            if (notification.Payload != _self)
            {
                signal.WakeHere();
            }
        };
        await connection.OpenAsync(stoppingToken);
        await ExecuteAsync(connection, $"listen {Channel}", stoppingToken);
        signal.WakeHere(); // whatever was said while nobody listened

        var news = signal.WaitForNewsAsync(stoppingToken).AsTask();
        while (true)
        {
            await HearUntilAsync(connection, news, stoppingToken);
            await news; // throws when stopping
            await ExecuteAsync(connection, $"notify {Channel}, '{_self}'", stoppingToken);
            await Task.Delay(Debounce, time, stoppingToken);
            news = signal.WaitForNewsAsync(stoppingToken).AsTask();
        }
    }

    /// <summary>Hears others until this node has news itself: the connection does one thing at a time.</summary>
    private static async Task HearUntilAsync(NpgsqlConnection connection, Task news, CancellationToken stoppingToken)
    {
        while (!news.IsCompleted)
        {
            using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var hearing = connection.WaitAsync(interrupt.Token);
            await Task.WhenAny(hearing, news);
            await interrupt.CancelAsync();
            await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (hearing.IsFaulted)
            {
                await hearing;
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(2310, LogLevel.Information, "Wake-ups between nodes are interrupted, polling goes on: {Reason}")]
    private partial void LogDisconnected(string reason);
}
