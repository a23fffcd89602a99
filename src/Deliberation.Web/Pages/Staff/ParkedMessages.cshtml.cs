using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Messages that did not arrive, each to be sent again.</summary>
public sealed class ParkedMessagesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public Paged<ParkedDelivery> Parked { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(Guid delivery, CancellationToken cancellationToken) => ActAsync(new ResendDelivery(Caller, Community, delivery), "resent", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new ListParkedDeliveries(Caller, Community, PageAsked(30)), list => Parked = list, cancellationToken);
}
