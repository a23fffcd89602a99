using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>Check, nothing is sent yet (请核对，还没有提交). The one button here casts the vote; whoever comes back after it finds the receipt.</summary>
public sealed class CheckModel(IMediator mediator, ITexts texts, Papers papers) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "paper")]
    public string? Word { get; set; }

    /// <summary>Replacement code as typed; asked for where a secret vote is replaced. It stands in no address.</summary>
    [BindProperty]
    public string? Code { get; set; }

    /// <summary>A secret vote of this unit counts already: only its code replaces it.</summary>
    public bool TakesCode => Ballot is { IsSecret: true, MayReplace: true } && Mine is { HasVoted: true };

    public BallotView Ballot { get; private set; } = null!;

    public Paper Paper { get; private set; } = null!;

    public MyUnit? Mine { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var community = HttpContext.Frame().CommunityId;
        if (TakesCode && string.IsNullOrWhiteSpace(Code))
        {
            ModelState.AddModelError(nameof(Code), texts["check.replace-missing"]);
            return this.Invalid();
        }

        var answer = TakesCode
            ? await mediator.Send(new ReplaceVote(User.Caller(), community, Ballot.Id, Paper.Choices, Code!, Paper.Key, Paper.Unit), cancellationToken)
            : await mediator.Send(new CastVote(User.Caller(), community, Ballot.Id, Paper.Choices, Paper.Key, Paper.Unit), cancellationToken);
        if (answer is Result<CastAnswer>.Refused { Reason: var reason })
        {
            return this.Refuse(reason, texts, field: reason == BallotRefusals.ReplaceCodeWrong ? nameof(Code) : "");
        }

        var vote = answer.Require();
        var receipt = papers.Seal(new ReceiptSlip(
            Ballot.Question, vote.Receipt.Code, vote.Receipt.ReceivedAt, Ballot.ClosesAt, vote.IsSecret, vote.MayReplaceUntil is not null, vote.ReplaceCode));
        ReceiptCookie.Keep(HttpContext, Ballot.Id, Paper.Unit, $"{Paper.Key}|{receipt}");
        return Redirect($"/receipts/{receipt}"); // as it is: routing would write it in lower case
    }

    /// <returns>Where to go instead: back to the question when the paper has lapsed, on to the receipt when it was cast already.</returns>
    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var ballot = new BallotId(id);
        if (papers.Open(Word, ballot, User.Caller().Resident) is not { } paper)
        {
            return Redirect($"/ballots/{id}");
        }

        Paper = paper;
        if (ReceiptCookie.Find(HttpContext, ballot, paper.Unit)?.Split('|') is [var key, var receipt] && key == paper.Key)
        {
            return Redirect($"/receipts/{receipt}");
        }

        var answer = await mediator.Send(new GetBallot(User.Caller(), HttpContext.Frame().CommunityId, ballot), cancellationToken);
        if (answer is Result<BallotView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Ballot = answer.Require();
        Mine = Ballot.MyUnits.FirstOrDefault(u => u.Key == paper.Unit);
        return null;
    }
}
