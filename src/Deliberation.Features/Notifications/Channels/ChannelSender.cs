using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Makes one try, within the time that a try may take.</summary>
internal sealed class ChannelSender(MailSender mail, GatewaySender gateways, IOptionsMonitor<ChannelOptions> options)
{
    /// <exception cref="OperationCanceledException">The caller gave up, not the receiver.</exception>
    public async Task<DeliveryAnswer> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.CurrentValue.Timeout);
        try
        {
            return delivery.Channel == "Email" ? await mail.SendAsync(delivery, patience.Token) : await gateways.SendAsync(delivery, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryAnswer.Timeout;
        }
    }
}
