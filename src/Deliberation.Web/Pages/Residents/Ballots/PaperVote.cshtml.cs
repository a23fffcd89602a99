using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>One paper with several questions (一张票多件事): all on one page, nothing is sent from here; what was chosen stays when one is missing.</summary>
public sealed class PaperVoteModel(IMediator mediator, ITexts texts, Papers papers) : PaperPage(mediator, texts, papers)
{
    [BindProperty(SupportsGet = true)]
    public string? Unit { get; set; }

    /// <summary>Made with the empty form and carried along: the paper is cast once however often it is sent.</summary>
    [BindProperty]
    public string? Key { get; set; }

    /// <summary>Where the receipt of this paper is, when this browser knows it.</summary>
    public string? ReceiptLink { get; private set; }

    private Dictionary<Guid, IReadOnlyList<string>> _chosen = [];

    public static string Field(BallotView ballot) => $"choice-{ballot.Id}";

    public IReadOnlyList<string> Chosen(BallotView ballot) => _chosen.GetValueOrDefault(ballot.Id.Value) ?? [];

    public async Task<IActionResult> OnGetAsync(Guid id, string? paper, CancellationToken cancellationToken)
    {
        var started = Papers.OpenForm(paper, id, User.Caller().Resident);
        if (await ReadAsync(id, started?.Unit ?? Unit, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        _chosen = started?.Choices.ToDictionary(c => c.Key, c => c.Value) ?? [];
        Key = started?.Key ?? Guid.NewGuid().ToString("N");
        ReceiptLink = KeptReceipt(id, Mine?.Key);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, Unit, cancellationToken) is { } turnedAway)
        {
            return turnedAway;
        }

        _chosen = Ballots.ToDictionary(ballot => ballot.Id.Value, ballot => (IReadOnlyList<string>)[.. Request.Form[Field(ballot)].OfType<string>()]);
        if (Mine is null)
        {
            ModelState.AddModelError(nameof(Unit), Texts["vote.choose-unit"]);
        }

        var asked = Mine is null ? Ballots : Waiting;
        foreach (var ballot in asked)
        {
            if (Wrong(ballot, Chosen(ballot)) is { } error)
            {
                ModelState.AddModelError(Field(ballot), error);
            }
        }

        if (!ModelState.IsValid || asked.Count == 0)
        {
            return this.Invalid();
        }

        var key = Key is { Length: >= 16 and <= 128 } ? Key : Guid.NewGuid().ToString("N");
        var form = new FilledPaper(id, User.Caller().Resident!.Value.Value, Mine!.Key, asked.ToDictionary(ballot => ballot.Id.Value, Chosen), key);
        return RedirectToPage("PaperCheck", new { id, paper = Papers.Seal(form) });
    }

    /// <summary>What is wrong with an answer, in the words of its question; null when nothing is.</summary>
    private string? Wrong(BallotView ballot, IReadOnlyList<string> choices) =>
        choices.Count == 0 || choices.Except(ballot.Choices()).Any() ? Texts.Get("paper.missing", new { question = ballot.Question })
        : choices.Count > 1 && choices.Contains(BallotWords.Abstain) ? Texts["vote.abstain-alone"]
        : choices.Count > Math.Max(1, ballot.MaxChoices) ? Texts.Get("vote.too-many", new { max = ballot.MaxChoices, chosen = choices.Count })
        : null;
}
