using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>Check a paper with several questions, nothing is sent yet. The one button here casts all its votes, or none.</summary>
public sealed class PaperCheckModel(IMediator mediator, ITexts texts, Papers papers) : PaperPage(mediator, texts, papers)
{
    [BindProperty(SupportsGet = true, Name = "paper")]
    public string? Word { get; set; }

    public FilledPaper Form { get; private set; } = null!;

    /// <summary>The questions on this paper, each with what was chosen.</summary>
    public IReadOnlyList<(BallotView Ballot, IReadOnlyList<string> Choices)> Answers =>
        [.. Ballots.Where(ballot => Form.Choices.ContainsKey(ballot.Id.Value)).Select(ballot => (ballot, Form.Choices[ballot.Id.Value]))];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) =>
        await OpenAsync(id, cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await OpenAsync(id, cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var community = HttpContext.Frame().CommunityId;
        var cast = new CastPaper(User.Caller(), community, id, [.. Answers.Select(a => new PaperVote(a.Ballot.Id, a.Choices))], Form.Key, Form.Unit);
        var answer = await Mediator.Send(cast, cancellationToken);
        if (answer is Result<IReadOnlyList<CastAnswer>>.Refused { Reason: var reason })
        {
            return this.Refuse(reason, Texts, field: "");
        }

        var votes = answer.Require();
        var receipt = Papers.Seal(new PaperSlip(
            community.Value, votes[0].Receipt.ReceivedAt, First.ClosesAt, First.IsSecret, votes.All(vote => vote.MayReplaceUntil is not null), [.. votes.Select(vote => vote.Receipt.Code)], votes[0].ReplaceCode));
        ReceiptCookie.Keep(HttpContext, new BallotId(id), Form.Unit, $"{Form.Key}|{receipt}");
        return Redirect($"/receipts/paper/{receipt}"); // as it is: routing would write it in lower case
    }

    /// <returns>Where to go instead: back to the questions when the paper has lapsed, on to the receipt when it was cast already.</returns>
    private async Task<IActionResult?> OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        if (Papers.OpenForm(Word, id, User.Caller().Resident) is not { } form)
        {
            return Redirect($"/papers/{id}");
        }

        Form = form;
        return ReceiptCookie.Find(HttpContext, new BallotId(id), form.Unit)?.Split('|') is [var key, var receipt] && key == form.Key
            ? Redirect($"/receipts/paper/{receipt}")
            : await ReadAsync(id, form.Unit, cancellationToken);
    }
}
