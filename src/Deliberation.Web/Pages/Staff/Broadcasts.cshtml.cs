using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.ByStaff;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Messages that staff wrote by hand.</summary>
public sealed class BroadcastsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public Paged<StaffBroadcast> Sent { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new ListBroadcasts(Caller, Community, PageAsked()), list => Sent = list, cancellationToken);
}
