using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Rehearsals;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public.Rehearsals;

/// <summary>What the pages of a rehearsal share: its paper, the banner, and addresses that keep the community of strangers.</summary>
public abstract class RehearsalPage(IMediator mediator, ITexts texts, Papers papers) : PageModel
{
    public RehearsalView Rehearsal { get; private set; } = null!;

    public BallotView Ballot => Rehearsal.Paper;

    protected IMediator Mediator => mediator;

    protected ITexts Texts => texts;

    protected Papers Papers => papers;

    protected CommunityId Community => HttpContext.Frame().CommunityId;

    /// <summary>An address of this rehearsal.</summary>
    /// <param name="rest">What follows its id, with a slash.</param>
    public string Address(string rest = "", string? paper = null) =>
        $"/rehearsals/{Rehearsal.Id}{rest}?c={HttpContext.Frame().Community?.Code}{(paper is null ? "" : $"&paper={Uri.EscapeDataString(paper)}")}";

    /// <returns>Why there is nothing to see; null when there is.</returns>
    protected async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        ViewData["Rehearsal"] = true;
        var answer = await mediator.Send(new GetRehearsal(User.Caller(), Community, id), cancellationToken);
        if (answer is Result<RehearsalView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Rehearsal = answer.Require();
        return null;
    }
}
