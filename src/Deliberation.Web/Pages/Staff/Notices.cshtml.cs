using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notices;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Notices (公示), running ones first.</summary>
public sealed class NoticesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public Paged<NoticeLine> Notices { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Now = await NowAsync(cancellationToken);
        return await AskAsync(new ListNotices(Caller, Community, null, false, PageAsked()), list => Notices = list, cancellationToken);
    }
}
