using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The register of a ballot's papers (纸票): given out, handed in, spoiled, missing, per station; and the signatures under the closing record.</summary>
public sealed class PapersModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Building of a named ballot, giver of a secret one's papers.</summary>
    [BindProperty]
    public string? Station { get; set; }

    [BindProperty]
    public int? Number { get; set; }

    [BindProperty]
    public string? HandedIn { get; set; }

    [BindProperty]
    public string? Unit { get; set; }

    [BindProperty]
    public string? Witness { get; set; }

    [BindProperty]
    public string? Serial { get; set; }

    /// <summary>Spoil, Replace, Cancel or Aside.</summary>
    [BindProperty]
    public string? Act { get; set; }

    [BindProperty]
    public string? SerialReason { get; set; }

    [BindProperty]
    public string? OutstandingReason { get; set; }

    [BindProperty]
    public string? ReopenReason { get; set; }

    /// <summary>A new paper's serial, after one was spoiled.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Given { get; set; }

    public PaperDeskView Desk { get; private set; } = null!;

    public BallotView Ballot => Desk.Ballot;

    public bool IsCounting => Ballot.State == BallotState.Counting;

    private BallotId BallotId => new(Id);

    public Task<IActionResult> OnPostIssueAsync(CancellationToken cancellationToken) =>
        ActAsync(new IssuePapers(Caller, Community, BallotId, Station, Number ?? 0), "papers-issued", cancellationToken, count: issued => issued, field: Named);

    public Task<IActionResult> OnPostHandInAsync(CancellationToken cancellationToken) =>
        ActAsync(new HandInPaper(Caller, Community, BallotId, HandedIn ?? ""), "paper-handed-in", cancellationToken, field: _ => nameof(HandedIn));

    public async Task<IActionResult> OnPostReturnedAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Witness))
        {
            ModelState.AddModelError(nameof(Witness), Texts["ballot.witness-required"]);
        }

        var unit = await FindUnitAsync(cancellationToken);
        return await ActAsync(new MarkPaperReturned(Caller, Community, BallotId, unit ?? "", Witness ?? ""), "paper-returned", cancellationToken, field: Named);
    }

    public Task<IActionResult> OnPostSerialAsync(CancellationToken cancellationToken)
    {
        var (serial, reason) = (Serial ?? "", SerialReason ?? "");
        return Act switch
        {
            "Replace" => ActAsync(
                new SpoilPaper(Caller, Community, BallotId, serial, reason, GiveNew: true), "paper-replaced-by-new", cancellationToken,
                spoiled => $"{Request.Path}?given={Uri.EscapeDataString(spoiled.NewSerial ?? "")}", field: Named),
            "Cancel" => ActAsync(new CancelPaper(Caller, Community, BallotId, serial, reason), "paper-cancelled", cancellationToken, field: Named),
            "Aside" => ActAsync(new SetPaperAside(Caller, Community, BallotId, serial, reason), "paper-set-aside", cancellationToken, field: Named),
            _ => ActAsync(new SpoilPaper(Caller, Community, BallotId, serial, reason, GiveNew: false), "paper-spoiled", cancellationToken, field: Named),
        };
    }

    public Task<IActionResult> OnPostOutstandingAsync(CancellationToken cancellationToken) => ActAsync(
        new DeclareOutstanding(Caller, Community, BallotId, string.IsNullOrEmpty(Station) ? null : Station, OutstandingReason ?? ""), "papers-outstanding", cancellationToken,
        count: declared => declared, field: _ => nameof(OutstandingReason));

    public Task<IActionResult> OnPostSignAsync(CancellationToken cancellationToken) =>
        ActAsync(new SignPaperCount(Caller, Community, BallotId), "papers-signed", cancellationToken, count: signed => signed.Missing);

    public Task<IActionResult> OnPostReopenAsync(CancellationToken cancellationToken) =>
        ActAsync(new ReopenPaperCount(Caller, Community, BallotId, ReopenReason ?? ""), "papers-reopened", cancellationToken, field: _ => nameof(ReopenReason));

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetPaperDesk(Caller, Community, BallotId), desk => Desk = desk, cancellationToken);

    private static string Named(string field) => field switch
    {
        "station" => nameof(Station), "count" => nameof(Number), "serial" => nameof(Serial), "reason" => nameof(SerialReason), "witness" => nameof(Witness), _ => field,
    };

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
