using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>Why am I not on the roll (名册上为什么没有我)? Answered in words, for the ballot asked about.</summary>
public sealed class WhyNotModel(IMediator mediator, ITexts texts) : PageModel
{
    public IReadOnlyList<BallotLine> Ballots { get; private set; } = [];

    public BallotView? Ballot { get; private set; }

    public RollAnswer? Answer { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid? ballot, CancellationToken cancellationToken)
    {
        var (caller, community) = (User.Caller(), HttpContext.Frame().CommunityId);
        if (ballot is not { } id)
        {
            Ballots = (await mediator.Send(new ListBallots(caller, community, null, ClosedWithinDays: 60), cancellationToken)).Require();
            return Page();
        }

        var answer = await mediator.Send(new WhyNotOnRoll(caller, community, new BallotId(id)), cancellationToken);
        if (answer is Result<RollAnswer>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Answer = answer.Require();
        Ballot = (await mediator.Send(new GetBallot(caller, community, new BallotId(id)), cancellationToken)).Require();
        return Page();
    }
}
