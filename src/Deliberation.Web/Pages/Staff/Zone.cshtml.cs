using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Zones;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One zone: its owner's attendances, and who owns it.</summary>
public sealed class ZoneModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>As typed.</summary>
    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    [BindProperty]
    public Guid? Owner { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? EndReason { get; set; }

    public ZonePage Zone { get; private set; } = null!;

    /// <summary>Today until something was typed.</summary>
    public string DayShown => Day ?? Zone.Today.ToString("O", CultureInfo.InvariantCulture);

    public bool IsChanging => string.Equals(Request.Query["handler"], "Change", StringComparison.OrdinalIgnoreCase);

    public Task<IActionResult> OnPostRecordAsync(CancellationToken cancellationToken) => ActAsync(
        new RecordAttendance(Caller, Community, Id, ReadDay(Day), Note), "zone-attended", cancellationToken);

    public Task<IActionResult> OnPostChangeAsync(CancellationToken cancellationToken) => ActAsync(new ChangeZoneOwner(Caller, Community, Id, Owner, Reason), "zone-changed", cancellationToken);

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancellationToken) =>
        ActAsync(new EndZone(Caller, Community, Id, EndReason), "zone-ended", cancellationToken, field: _ => nameof(EndReason));

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetZone(Caller, Community, Id, PageAsked()), zone => Zone = zone, cancellationToken);
}
