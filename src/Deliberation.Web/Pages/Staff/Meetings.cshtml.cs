using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Meetings (议事会), open ones first.</summary>
public sealed class MeetingsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public Paged<MeetingLine> Meetings { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListMeetings(Caller, Community, null, PageAsked()), list => Meetings = list, cancellationToken);
}
