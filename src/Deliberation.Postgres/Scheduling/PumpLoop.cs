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
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);
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
        var foundNothing = new Dictionary<IDueWorkHandler, long>();
        for (var isFirst = true; await RunEachOnceAsync(foundNothing, stoppingToken); isFirst = false)
        {
            if (isFirst)
            {
                signal.WakeHere(); // where one piece was due there may be more: let another worker help
            }
        }
    }

    /// <summary>Who found nothing a moment ago is asked again only when nobody else has work: a busy engine does not pay a query for each of them with every step.</summary>
    /// <param name="foundNothing">When, by this worker's monotonic clock.</param>
    private async Task<bool> RunEachOnceAsync(Dictionary<IDueWorkHandler, long> foundNothing, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var hasWorked = false;
        var resting = new List<IDueWorkHandler>();
        foreach (var handler in scope.ServiceProvider.GetServices<IDueWorkHandler>())
        {
            if (foundNothing.TryGetValue(handler, out var since) && time.GetElapsedTime(since) < Rest)
            {
                resting.Add(handler);
            }
            else
            {
                hasWorked |= await RunOneAsync(handler);
            }
        }

        for (var i = 0; i < resting.Count && !hasWorked; i++)
        {
            hasWorked = await RunOneAsync(resting[i]);
        }

        return hasWorked;

        async Task<bool> RunOneAsync(IDueWorkHandler handler)
        {
            if (await handler.RunOneAsync(stoppingToken))
            {
                foundNothing.Remove(handler);
                return true;
            }

            foundNothing[handler] = time.GetTimestamp();
            return false;
        }
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
