using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The named list as staff see it: masked as everybody sees it, and each look at it on record.</summary>
public sealed class NamedVotesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public NamedVotesPart List { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Response.Headers[NamedVotesPart.RobotsHeader] = NamedVotesPart.NoRobots;
        return AskAsync(
            new ListNamedVotes(Caller, Community, new BallotId(Id), PageAsked(50)), list => List = new NamedVotesPart(list, Pager(list.Votes)), cancellationToken);
    }
}
