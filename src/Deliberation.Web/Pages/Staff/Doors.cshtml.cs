using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The door-knock list of a named ballot: who has not voted, to print and take along.</summary>
public sealed class DoorsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public IReadOnlyList<RollUnitLine> Units { get; private set; } = [];

    public BallotView Ballot { get; private set; } = null!;

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetBallot(Caller, Community, new BallotId(Id)), ballot => Ballot = ballot, cancellationToken) is { } refusal ? refusal
        : Ballot.IsSecret ? null // the page says why there is none
        : await AskAsync(new ListNonVoters(Caller, Community, new BallotId(Id)), units => Units = units, cancellationToken);
}
