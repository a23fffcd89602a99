using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Deliveries;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Proof that papers reached their owners (送达), door by door or a building at once; only of ballots whose unreturned papers follow the majority.</summary>
public sealed class DeliveriesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>One door; empty for a whole building.</summary>
    [BindProperty]
    public string? Door { get; set; }

    [BindProperty]
    public string? Building { get; set; }

    /// <summary>As a date field has it.</summary>
    [BindProperty]
    public string? DeliveredOn { get; set; }

    [BindProperty]
    public DeliveryWay Way { get; set; }

    [BindProperty]
    public string? By { get; set; }

    [BindProperty]
    public string? Evidence { get; set; }

    /// <summary>Unit whose delivery is taken back.</summary>
    [BindProperty]
    public string? Withdrawn { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public DeliveriesView Book { get; private set; } = null!;

    private BallotId Ballot => new(Id);

    public async Task<IActionResult> OnPostRecordAsync(CancellationToken cancellationToken)
    {
        string? unit = null;
        if (!string.IsNullOrWhiteSpace(Door))
        {
            IReadOnlyList<RollUnitLine> found = [];
            _ = await AskAsync(new FindRollUnits(Caller, Community, Ballot, Door.Trim()), units => found = units, cancellationToken);
            (unit, var error) = TypedUnit.Of(Door, found, Texts);
            if (unit is null)
            {
                ModelState.AddModelError(nameof(Door), error);
            }
        }

        if (!DateOnly.TryParseExact(DeliveredOn, "yyyy-MM-dd", out var day))
        {
            ModelState.AddModelError(nameof(DeliveredOn), Texts["delivery.day-missing"]);
        }

        return await ActAsync(
            new RecordDeliveries(Caller, Community, Ballot, unit, unit is null ? Building : null, day, Way, By ?? "", Evidence ?? ""), "deliveries-recorded", cancellationToken, count: count => count);
    }

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken) =>
        ActAsync(new WithdrawDelivery(Caller, Community, Ballot, Withdrawn ?? "", Reason ?? ""), "delivery-withdrawn", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListDeliveries(Caller, Community, Ballot), book => Book = book, cancellationToken);
}
