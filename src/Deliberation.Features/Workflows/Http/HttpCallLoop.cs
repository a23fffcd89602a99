using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Workflows.Http;

/// <summary>Makes the calls of workflows on every node, beside the pump: a receiver that hangs holds up no step.</summary>
internal sealed partial class HttpCallLoop(HttpCallDelivery delivery, IOptionsMonitor<HttpCallOptions> options, TimeProvider time, ILogger<HttpCallLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.CurrentValue.Workers).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await delivery.RunOneAsync(stoppingToken))
                {
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) // the outermost loop: the database may be away for a while
            {
                LogFailed(exception.Message);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(3011, LogLevel.Warning, "Calls of web services wait: {Reason}")]
    private partial void LogFailed(string reason);
}
