using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>What is read out over the loudspeaker (大喇叭).</summary>
public sealed class LoudspeakerModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public Paged<SpokenAnnouncement> Spoken { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(Guid announcement, CancellationToken cancellationToken) => ActAsync(new MarkReadOut(Caller, Community, announcement), "spoken-read", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new ListSpoken(Caller, Community, PageAsked()), list => Spoken = list, cancellationToken);
}
