using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One door of the books: units with owners, areas and their source, household, businesses, history; corrected one by one with a reason.</summary>
public sealed class RollDoorModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public static IReadOnlyList<string> Sources { get; } = ["Register", "Survey", "Contract"];

    public static IReadOnlyList<string> States { get; } = ["Delivered", "SoldNotHandedOver", "Unsold"];

    [BindProperty(SupportsGet = true)]
    public string? Building { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Door { get; set; }

    [BindProperty]
    public Guid? Unit { get; set; }

    [BindProperty]
    public Guid? Merchant { get; set; }

    [BindProperty]
    public Guid? Owner { get; set; }

    [BindProperty]
    public string? Area { get; set; }

    [BindProperty]
    public string? Source { get; set; }

    [BindProperty]
    public string? State { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Phone { get; set; }

    [BindProperty]
    public string? Birth { get; set; }

    [BindProperty]
    public string? Business { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public RollDoor Card { get; private set; } = null!;

    public Task<IActionResult> OnPostEditAsync(CancellationToken cancellationToken) =>
        DoAsync(new EditUnit(Caller, Community, Unit ?? Guid.Empty, AreaOf(Area), Source ?? "", State ?? "", Reason ?? ""), "roll-unit-edited", cancellationToken);

    public Task<IActionResult> OnPostAddAsync(CancellationToken cancellationToken) => DoAsync(
        new AddToUnit(
            Caller, Community, Unit ?? Guid.Empty, Name ?? "", Phone,
            string.IsNullOrWhiteSpace(Birth) ? null : int.TryParse(Birth, NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : 0, Business, Reason ?? ""),
        "roll-person-added", cancellationToken);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellationToken) =>
        DoAsync(new RemoveOwner(Caller, Community, Unit ?? Guid.Empty, new ResidentId(Owner ?? Guid.Empty), Reason ?? ""), "roll-owner-removed", cancellationToken);

    public Task<IActionResult> OnPostCloseAsync(CancellationToken cancellationToken) =>
        DoAsync(new CloseMerchant(Caller, Community, Merchant ?? Guid.Empty, Reason ?? ""), "roll-merchant-closed", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetRollDoor(Caller, Community, Building ?? "", Door ?? ""), card => Card = card, cancellationToken);

    private Task<IActionResult> DoAsync(IRequest<Result<Done>> request, string said, CancellationToken cancellationToken) =>
        ActAsync(request, said, cancellationToken, _ => DoorAddresses.Of(Building ?? "", Door ?? ""), field: name => name == "phone" ? nameof(Phone) : name);

    /// <summary>Square metres with at most two decimals; null when it is none.</summary>
    private static long? AreaOf(string? typed) =>
        decimal.TryParse(typed, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var area)
            && area < 10_000_000 && decimal.Round(area, 2) == area
            ? (long)(area * 100)
            : null;
}
