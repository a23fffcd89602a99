using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Postgres.Scheduling;

/// <summary>Runs due work on every node: until nothing is due, then again at a wake-up, at the next due instant, or after the poll interval.</summary>
/// <remarks>Handlers are <see cref="IDueWorkHandler"/> services; each call gets a scope of its own.</remarks>
internal sealed partial class PumpLoop(
    IServiceScopeFactory scopes,
    PumpSignal signal,
    NpgsqlDataSource dataSource,
    IOptions<PumpOptions> options,
    TimeProvider time,
    ILogger<PumpLoop> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Workers).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunUntilNothingIsDueAsync(stoppingToken);
                failures = 0;
                await signal.WaitAsync(await PauseAsync(stoppingToken), time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) // the outermost loop: whatever happened, due work must go on being found
            {
                failures++;
                if (!DatabaseAway.IsCauseOf(exception))
                {
                    LogFailed(exception);
                }
                else if (failures == 1)
                {
                    LogDatabaseAway(exception.Message);
                }

                await BackOffAsync(failures, stoppingToken);
            }
        }
    }

    private async Task RunUntilNothingIsDueAsync(CancellationToken stoppingToken)
    {
        for (var isFirst = true; await RunEachOnceAsync(stoppingToken); isFirst = false)
        {
            if (isFirst)
            {
                signal.WakeHere(); // where one piece was due there may be more: let another worker help
            }
        }
    }

    private async Task<bool> RunEachOnceAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var hasWorked = false;
        foreach (var handler in scope.ServiceProvider.GetServices<IDueWorkHandler>())
        {
            hasWorked |= await handler.RunOneAsync(stoppingToken);
        }

        return hasWorked;
    }

    /// <summary>Until the next timer, in machine time at the council clock's pace; at most the poll interval, with jitter so that nodes do not look in step.</summary>
    private async Task<TimeSpan> PauseAsync(CancellationToken stoppingToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select extract(epoch from (
                (select min(due_at) from workflow_timer where parked_at is null and due_at > now.council) - now.council))::double precision / c.rate
            from council_clock c, (select council_now() as council offset 0) now
            """);
        var poll = options.Value.PollInterval * (0.8 + (0.4 * Random.Shared.NextDouble()));
        if (await command.ExecuteScalarAsync(stoppingToken) is not double seconds)
        {
            return poll;
        }

        var untilDue = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600));
        return untilDue < ShortestPause ? ShortestPause : untilDue < poll ? untilDue : poll;
    }

    private async Task BackOffAsync(int failures, CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, 0.5 * Math.Pow(2, Math.Min(failures, 10)))) * (0.5 + (0.5 * Random.Shared.NextDouble()));
        await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(2301, LogLevel.Warning, "The database is away, due work waits: {Reason}")]
    private partial void LogDatabaseAway(string reason);

    [LoggerMessage(2302, LogLevel.Error, "Due work failed outside its own transaction")]
    private partial void LogFailed(Exception exception);
}
