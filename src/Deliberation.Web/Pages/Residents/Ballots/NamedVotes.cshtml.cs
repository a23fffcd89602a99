using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>Who voted how (记名名单), for the people of that roll; each look at it is on record.</summary>
public sealed class NamedVotesModel(IMediator mediator, ITexts texts) : PageModel
{
    public NamedVotesPart List { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, [FromQuery(Name = "page-no")] int? number, CancellationToken cancellationToken)
    {
        Response.Headers[NamedVotesPart.RobotsHeader] = NamedVotesPart.NoRobots;
        var page = new PageRequest(number ?? 1, 50);
        var answer = await mediator.Send(new ListNamedVotes(User.Caller(), HttpContext.Frame().CommunityId, new BallotId(id), page), cancellationToken);
        if (answer is Result<NamedVotes>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        var list = answer.Require();
        List = new NamedVotesPart(list, new PagerPart(page.Number, list.Votes.PageCount, list.Votes.Total, n => $"/results/{id}/votes?page-no={n}"));
        return Page();
    }
}
