using Deliberation.Features.Foundation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Delivers on every node, each way by itself: a destination that hangs holds up no other.</summary>
internal sealed partial class DeliveryLoop(Deliveries deliveries, IOptionsMonitor<ChannelOptions> options, TimeProvider time, ILogger<DeliveryLoop> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.CurrentValue is { Delivers: true } channels
        ? Task.WhenAll(channels.Carried.Except(ChannelOptions.ByHand).Select(channel => ClaimLoop.RunAsync(
            channels.Way(channel).AtOnce,
            () => deliveries.ClaimAsync(channel, stoppingToken),
            delivery => deliveries.MakeAsync(delivery, stoppingToken),
            reason => LogFailed(channel, reason),
            time,
            stoppingToken)))
        : Task.CompletedTask;

    [LoggerMessage(3021, LogLevel.Warning, "{Channel} deliveries wait: {Reason}")]
    private partial void LogFailed(string channel, string reason);
}
