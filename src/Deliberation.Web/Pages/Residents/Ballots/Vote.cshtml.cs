using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>One question a page: who may vote, how it counts, the choices. Nothing is sent from here.</summary>
public sealed class VoteModel(IMediator mediator, ITexts texts, Papers papers) : PageModel
{
    /// <summary>As they stand on the paper: see <see cref="PaperWords.ChoicesOf"/>.</summary>
    public IReadOnlyList<string> Choices { get; private set; } = [];

    /// <summary>Which of the caller's voting units; null when there is one.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Unit { get; set; }

    /// <summary>Made with the empty form and carried along: the paper is cast once however often it is sent.</summary>
    [BindProperty]
    public string? Key { get; set; }

    public BallotView Ballot { get; private set; } = null!;

    /// <summary>The unit this paper is for; null when there is none, or while one of several must be chosen.</summary>
    public MyUnit? Mine { get; private set; }

    /// <summary>True when the unit has voted: the page shows where the receipt is, not a second form.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Address of the receipt when this browser knows it.</summary>
    public string? ReceiptLink { get; private set; }

    /// <summary>Who votes for whom, as far as it holds.</summary>
    public IReadOnlyList<ProxyLine> Proxies { get; private set; } = [];

    /// <summary>The question stands on one paper with others that wait too.</summary>
    public bool IsOnPaper { get; private set; }

    public bool MayChange => Ballot is { MayReplace: true, TakesVotesOnline: true } && Mine is { HasVoted: true };

    public async Task<IActionResult> OnGetAsync(Guid id, string? paper, bool again, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        var started = papers.Open(paper, Ballot.Id, User.Caller().Resident);
        Choices = [.. started?.Choices ?? []];
        Unit = started?.Unit ?? Unit;
        Key = started?.Key ?? Guid.NewGuid().ToString("N");
        Look(again);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        Look(again: true);
        if (Mine is null)
        {
            ModelState.AddModelError(nameof(Unit), texts["vote.choose-unit"]);
        }

        Choices = PaperWords.ChoicesOf(Ballot, Request.Form, nameof(Choices));
        if (texts.Wrong(Ballot, Choices, nameof(Choices)) is { } wrong)
        {
            ModelState.AddModelError(wrong.Field, wrong.Words);
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var key = Key is { Length: >= 16 and <= 128 } ? Key : Guid.NewGuid().ToString("N");
        var paper = new Paper(id, User.Caller().Resident!.Value.Value, Mine!.Key, Choices, key);
        return RedirectToPage("Check", new { id, paper = papers.Seal(paper) });
    }

    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetBallot(User.Caller(), HttpContext.Frame().CommunityId, new BallotId(id)), cancellationToken);
        if (answer is Result<BallotView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Ballot = answer.Require();
        var proxies = await mediator.Send(new ListProxies(User.Caller(), HttpContext.Frame().CommunityId, Ballot.Id), cancellationToken);
        Proxies = [.. proxies.Require().Where(proxy => proxy.WithdrawnAt is null)];
        if (Ballot is { Paper: { } paper, TakesVotesOnline: true })
        {
            var together = (await mediator.Send(new GetPaper(User.Caller(), HttpContext.Frame().CommunityId, paper), cancellationToken)).Require();
            IsOnPaper = together.Count(ballot => ballot.TakesVotesOnline && ballot.MyUnits.Any(unit => !unit.HasVoted)) > 1;
        }

        return null;
    }

    /// <summary>Which unit, whether it has voted, and where its receipt is.</summary>
    private void Look(bool again)
    {
        var open = Ballot.MyUnits.Where(u => !u.HasVoted).ToList();
        Mine = Ballot.MyUnits.FirstOrDefault(u => u.Key == Unit)
            ?? (Ballot.MyUnits.Count == 1 ? Ballot.MyUnits[0] : open.Count == 1 ? open[0] : null);
        IsDone = (Mine?.HasVoted ?? (Ballot.MyUnits.Count > 0 && open.Count == 0)) && !(again && MayChange);
        if (ReceiptCookie.Find(HttpContext, Ballot.Id, (Mine ?? (Ballot.MyUnits.Count > 0 ? Ballot.MyUnits[0] : null))?.Key) is { } kept)
        {
            ReceiptLink = $"/receipts/{kept.Split('|')[^1]}";
        }
        else if (Ballot.Paper is { } paper && Mine is { HasVoted: true } && ReceiptCookie.Find(HttpContext, new BallotId(paper), Mine.Key) is { } together)
        {
            ReceiptLink = $"/receipts/paper/{together.Split('|')[^1]}";
        }
    }
}
