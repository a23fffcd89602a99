using Deliberation.Domain;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>The ways out: what is set up, what waits, what it costs, and a test message.</summary>
public sealed class ChannelsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Whole yuan.</summary>
    [BindProperty]
    public long? Cap { get; set; }

    [BindProperty]
    public string? Channel { get; set; }

    [BindProperty]
    public string? Address { get; set; }

    public ChannelsPage Ways { get; private set; } = null!;

    public Task<IActionResult> OnPostCapAsync(CancellationToken cancellationToken) =>
        ActAsync(new SetMessageCap(Caller, Community, Cap is >= 0 and <= 1_000_000 ? Cap * 100 : null), "channels-cap", cancellationToken);

    public Task<IActionResult> OnPostTestAsync(CancellationToken cancellationToken) => ActAsync(new SendTestMessage(Caller, Community, Channel, Address), "channels-test", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetChannels(Caller, Community), ways => Ways = ways, cancellationToken);
}
