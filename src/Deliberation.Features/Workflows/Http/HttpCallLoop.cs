using Deliberation.Features.Foundation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Workflows.Http;

/// <summary>Makes the calls of workflows on every node, beside the pump: a receiver that hangs holds up no step.</summary>
internal sealed partial class HttpCallLoop(HttpCallDelivery delivery, IOptionsMonitor<HttpCallOptions> options, TimeProvider time, ILogger<HttpCallLoop> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.CurrentValue.Workers is var workers and > 0
        ? ClaimLoop.RunAsync(workers, () => delivery.ClaimAsync(stoppingToken), call => delivery.MakeAsync(call, stoppingToken), LogFailed, time, stoppingToken)
        : Task.CompletedTask;

    [LoggerMessage(3011, LogLevel.Warning, "Calls of web services wait: {Reason}")]
    private partial void LogFailed(string reason);
}
