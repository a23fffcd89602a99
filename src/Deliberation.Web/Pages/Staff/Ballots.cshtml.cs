using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>All ballots of the community.</summary>
public sealed class BallotsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public IReadOnlyList<BallotLine> Ballots { get; private set; } = [];

    public DateTimeOffset Now { get; private set; }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Now = await NowAsync(cancellationToken);
        return await AskAsync(new ListBallots(Caller, Community, null), list => Ballots = list, cancellationToken);
    }
}
