using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Workflows.Http;

/// <summary>Makes the calls of workflows on every node, beside the pump: a receiver that hangs holds up no step.</summary>
internal sealed partial class HttpCallLoop(HttpCallDelivery delivery, IOptionsMonitor<HttpCallOptions> options, TimeProvider time, ILogger<HttpCallLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>One look for all: as many calls are on their way as there are workers, and while none waits the database is asked once a second.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workers = options.CurrentValue.Workers;
        if (workers == 0)
        {
            return;
        }

        using var free = new SemaphoreSlim(workers);
        while (!stoppingToken.IsCancellationRequested)
        {
            await free.WaitAsync(CancellationToken.None);
            if (await TryAsync(() => delivery.ClaimAsync(stoppingToken)) is { } call)
            {
                _ = Task.Run(() => MakeAsync(call, free, stoppingToken), CancellationToken.None);
            }
            else
            {
                free.Release();
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        for (var worker = 0; worker < workers; worker++)
        {
            await free.WaitAsync(CancellationToken.None); // what is on its way is cancelled and lets go of what it uses
        }
    }

    private async Task MakeAsync(HttpCall call, SemaphoreSlim free, CancellationToken stoppingToken)
    {
        await TryAsync(async () =>
        {
            await delivery.MakeAsync(call, stoppingToken);
            return call;
        });
        free.Release();
    }

    private async Task<HttpCall?> TryAsync(Func<Task<HttpCall?>> act)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException)
        {
            return null; // the node stops; the lease ends by itself
        }
        catch (Exception exception) // the outermost loop: the database may be away for a while
        {
            LogFailed(exception.Message);
            return null;
        }
    }

    [LoggerMessage(3011, LogLevel.Warning, "Calls of web services wait: {Reason}")]
    private partial void LogFailed(string reason);
}
