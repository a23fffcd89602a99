using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>What the two pages of a paper share: its questions, and which of them wait for this unit.</summary>
public abstract class PaperPage(IMediator mediator, ITexts texts, Papers papers) : PageModel
{
    /// <summary>In the order in which they were put.</summary>
    public IReadOnlyList<BallotView> Ballots { get; private set; } = [];

    /// <summary>The paper's window and roll are those of each question.</summary>
    public BallotView First => Ballots[0];

    /// <summary>The unit this paper is for; null while one of several must be chosen, or none is the caller's.</summary>
    public MyUnit? Mine { get; private set; }

    /// <summary>Units of the caller that have a question to answer.</summary>
    public IReadOnlyList<MyUnit> OpenUnits { get; private set; } = [];

    protected IMediator Mediator => mediator;

    protected ITexts Texts => texts;

    protected Papers Papers => papers;

    /// <summary>Questions that this unit has still to answer, while votes are taken.</summary>
    public IReadOnlyList<BallotView> Waiting => [.. Ballots.Where(ballot => ballot.TakesVotesOnline && UnitIn(ballot) is { HasVoted: false })];

    /// <summary>Questions that this unit has answered.</summary>
    public IReadOnlyList<BallotView> Answered => [.. Ballots.Where(ballot => UnitIn(ballot) is { HasVoted: true })];

    /// <returns>Why the paper is not shown; null when it is.</returns>
    protected async Task<IActionResult?> ReadAsync(Guid id, string? unit, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetPaper(User.Caller(), HttpContext.Frame().CommunityId, id), cancellationToken);
        if (answer is Result<IReadOnlyList<BallotView>>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Ballots = answer.Require();
        var mine = Ballots.SelectMany(ballot => ballot.MyUnits).DistinctBy(u => u.Key).ToList();
        OpenUnits = [.. mine.Where(u => Ballots.Any(ballot => ballot.MyUnits.Any(m => m.Key == u.Key && !m.HasVoted)))];
        Mine = mine.Find(u => u.Key == unit) ?? (mine.Count == 1 ? mine[0] : OpenUnits.Count == 1 ? OpenUnits[0] : null);
        return null;
    }

    /// <summary>Address of the receipt when this browser knows it.</summary>
    protected string? KeptReceipt(Guid id, string? unit) =>
        ReceiptCookie.Find(HttpContext, new BallotId(id), unit)?.Split('|')[^1] is { } word ? $"/receipts/paper/{word}" : null;

    private MyUnit? UnitIn(BallotView ballot) => ballot.MyUnits.FirstOrDefault(unit => unit.Key == Mine?.Key);
}
