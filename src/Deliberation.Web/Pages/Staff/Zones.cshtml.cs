using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Zones;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Zones of responsibility (责任区), and the list of this month.</summary>
public sealed class ZonesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Street { get; set; }

    [BindProperty]
    public Guid? Department { get; set; }

    [BindProperty]
    public Guid? Owner { get; set; }

    /// <summary>Days as typed.</summary>
    [BindProperty]
    public string? Interval { get; set; } = $"{AddZone.UsualInterval}";

    public ZoneList List { get; private set; } = null!;

    public DepartmentList Departments { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new AddZone(Caller, Community, Street, Department, Owner, int.TryParse(Interval, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0), "zone-added", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListZones(Caller, Community, PageAsked()), list => List = list, cancellationToken)
            ?? await AskAsync(new ListDepartments(Caller, Community), list => Departments = list, cancellationToken);
}

public static class ZoneWords
{
    /// <returns>Null where the owner has the first interval still, and in an ended zone.</returns>
    public static StatusPart? StatusOf(this ITexts texts, ZoneLine zone, DateOnly today) =>
        zone.IsAbsent(today) ? new StatusPart("no", texts["zones.absent"]) : zone is { LastDay: not null, EndedAt: null } ? new StatusPart("ok", texts["zones.present"]) : null;

    /// <param name="day">Null = no attendance yet.</param>
    public static string LastDay(this ITexts texts, DateOnly? day) => day is { } last ? texts.Get("zones.last", new { day = texts.Format.Date(last) }) : texts["zones.never"];
}
