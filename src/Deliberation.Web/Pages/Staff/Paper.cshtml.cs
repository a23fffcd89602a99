using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Types in paper ballots one by one. Named ones by unit; secret ones first as returned, then from the box without a voter.</summary>
public sealed class PaperModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Stays for the next paper.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Witness { get; set; }

    [BindProperty]
    public string? Unit { get; set; }

    [BindProperty]
    public string? Serial { get; set; }

    [BindProperty]
    public IReadOnlyList<string> Choices { get; set; } = [];

    [BindProperty]
    public bool IsSpoilt { get; set; }

    [BindProperty]
    public bool Replaces { get; set; }

    /// <summary>Serial or unit of the paper just stored.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Stored { get; set; }

    public BallotTracker Tracker { get; private set; } = null!;

    public BallotView Ballot => Tracker.Ballot;

    /// <summary>Every returned paper is typed in: the box stays shut until the next is marked. What was typed already is never hidden.</summary>
    public bool AwaitsReturn => Ballot.IsSecret && Tracker.PapersReturned <= Tracker.PapersEntered && Serial is null && Choices.Count == 0;

    private BallotId BallotId => new(Id);

    public async Task<IActionResult> OnPostNamedAsync(CancellationToken cancellationToken)
    {
        CheckPaper();
        var unit = await FindUnitAsync(cancellationToken);
        return await ActAsync(
            new RecordPaperVote(Caller, Community, BallotId, unit ?? "", Serial?.Trim() ?? "", IsSpoilt ? [] : Choices, Witness ?? "", Replaces),
            "paper-stored", cancellationToken, _ => Next(Serial));
    }

    public async Task<IActionResult> OnPostReturnedAsync(CancellationToken cancellationToken)
    {
        Require(nameof(Witness), Witness, "ballot.witness-required");
        var unit = await FindUnitAsync(cancellationToken);
        return await ActAsync(new MarkPaperReturned(Caller, Community, BallotId, unit ?? "", Witness ?? ""), "paper-returned", cancellationToken, _ => Next(Unit));
    }

    public Task<IActionResult> OnPostSecretAsync(CancellationToken cancellationToken)
    {
        CheckPaper();
        return ActAsync(
            new RecordSecretPaper(Caller, Community, BallotId, Serial?.Trim() ?? "", IsSpoilt ? [] : Choices, Witness ?? ""),
            "paper-stored", cancellationToken, _ => Next(Serial));
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetTracker(Caller, Community, BallotId), tracker => Tracker = tracker, cancellationToken);

    /// <summary>Everything left empty is told at once, each at its field.</summary>
    private void CheckPaper()
    {
        Require(nameof(Serial), Serial, "ballot.serial-required");
        Require(nameof(Witness), Witness, "ballot.witness-required");
        if (Choices.Count == 0 && !IsSpoilt)
        {
            ModelState.AddModelError(nameof(Choices), Texts["staff.paper.choose"]);
        }
    }

    private void Require(string field, string? typed, string key)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            ModelState.AddModelError(field, Texts[key]);
        }
    }

    private string Next(string? stored) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(Request.Path, new Dictionary<string, string?> { ["witness"] = Witness, ["stored"] = stored });

    /// <summary>The voting unit that was typed by its door.</summary>
    private async Task<string?> FindUnitAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RollUnitLine> found = [];
        var refusal = string.IsNullOrWhiteSpace(Unit)
            ? null
            : await AskAsync(new FindRollUnits(Caller, Community, BallotId, Unit.Trim()), units => found = units, cancellationToken);
        var (key, error) = TypedUnit.Of(Unit, found, Texts);
        if (key is null)
        {
            ModelState.AddModelError(nameof(Unit), refusal is null ? error : Texts.Why(refusal));
        }

        return key;
    }
}
