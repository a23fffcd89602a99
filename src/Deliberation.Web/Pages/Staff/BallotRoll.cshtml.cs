using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Residents;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The frozen roll of a ballot: one member of staff proposes a change, another confirms it.</summary>
/// <remarks>The search is posted: names stay out of addresses and logs.</remarks>
public sealed class BallotRollModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Find { get; set; }

    [BindProperty]
    public string? Unit { get; set; }

    [BindProperty]
    public Guid? Person { get; set; }

    [BindProperty]
    public RollChange Change { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid Proposed { get; set; }

    public BallotView Ballot { get; private set; } = null!;

    public IReadOnlyList<RollChangeLine> Changes { get; private set; } = [];

    public IReadOnlyList<RollUnitLine> Units { get; private set; } = [];

    public IReadOnlyList<ResidentLine> People { get; private set; } = [];

    public bool HasSearched { get; private set; }

    private BallotId BallotId => new(Id);

    public async Task<IActionResult> OnPostFindAsync(CancellationToken cancellationToken) =>
        Find?.Trim().Length >= 2 ? await OnGetAsync(cancellationToken) : await AgainAsync(ResidentRefusals.SearchTooShort with { Field = nameof(Find) }, cancellationToken);

    public Task<IActionResult> OnPostProposeAsync(CancellationToken cancellationToken) => ActAsync(
        new ProposeRollChange(
            Caller, Community, BallotId, Unit, Change, Change is RollChange.AddPerson or RollChange.AddUnit && Person is { } person ? new ResidentId(person) : null, Reason ?? ""),
        "roll-change-proposed", cancellationToken, field: name => name == "reason" ? nameof(Reason) : "");

    /// <summary>The other button of a unit's form.</summary>
    public Task<IActionResult> OnPostProposePersonAsync(CancellationToken cancellationToken)
    {
        Change = RollChange.AddPerson;
        return OnPostProposeAsync(cancellationToken);
    }

    public Task<IActionResult> OnPostConfirmAsync(CancellationToken cancellationToken) =>
        ActAsync(new ConfirmRollChange(Caller, Community, BallotId, Proposed), "roll-change-confirmed", cancellationToken);

    public Task<IActionResult> OnPostRefuseAsync(CancellationToken cancellationToken) =>
        ActAsync(new RefuseRollChange(Caller, Community, BallotId, Proposed), "roll-change-refused", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetBallot(Caller, Community, BallotId), ballot => Ballot = ballot, cancellationToken) is { } absent)
        {
            return absent;
        }

        if (Find?.Trim() is { Length: >= 2 } text)
        {
            HasSearched = true;
            _ = await AskAsync(new FindRollUnits(Caller, Community, BallotId, text), units => Units = units, cancellationToken);
            _ = await AskAsync(new FindResident(Caller, Community, text), people => People = people, cancellationToken);
        }

        return await AskAsync(new ListRollChanges(Caller, Community, BallotId), changes => Changes = changes, cancellationToken);
    }
}
