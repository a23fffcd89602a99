using System.Net.Mime;
using Deliberation.Domain;
using Deliberation.Features.Duties;
using Deliberation.Process.Duties;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Fixed duties (固定职责): a board of duty by period, and where duties are added.</summary>
public sealed class DutiesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Post { get; set; }

    [BindProperty]
    public DutyRhythm Rhythm { get; set; } = DutyRhythm.Month;

    [BindProperty]
    public DutyProof Proof { get; set; }

    /// <summary>Days as typed.</summary>
    [BindProperty]
    public string? Grace { get; set; } = "3";

    public DutyBoard Board { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        ActAsync(new AddDuty(Caller, Community, Title, Post, Rhythm, Proof, int.TryParse(Grace, out var days) ? days : -1), "duty-added", cancellationToken);

    public async Task<IActionResult> OnGetTableAsync(CancellationToken cancellationToken)
    {
        string[] columns = ["column.duty", "post", "rhythm", "column.from", "column.until", "column.standing", "column.done-at", "column.done-by", "column.note", "number"];
        byte[] file = [];
        return await AskAsync(new ExportDuties(Caller, Community, [.. columns.Select(column => Texts[$"duties.{column}"])]), made => file = made, cancellationToken) is { } refusal
            ? StatusCode(refusal.Kind.Status())
            : File(file, MediaTypeNames.Text.Csv, $"duties-{HttpContext.Frame().Community!.Code}.csv");
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListDuties(Caller, Community), board => Board = board, cancellationToken);
}

/// <summary>Periods in words and colours.</summary>
public static class DutyWords
{
    public static StatusPart Status(this ITexts texts, DutyStanding standing, string? before = null) => new(
        standing switch { DutyStanding.Done => "ok", DutyStanding.DoneLate => "", DutyStanding.Grace => "due", DutyStanding.Missing => "no", _ => "do" },
        before is null ? texts[$"duties.standing.{standing}"] : $"{before} {texts[$"duties.standing.{standing}"]}");

    /// <summary>A period in few characters: 2026, 2026-Q3, 2026-09, or its first day and last.</summary>
    public static string Short(DutyRhythm rhythm, DateOnly first, DateOnly last) => FormattableString.Invariant(rhythm switch
    {
        DutyRhythm.Year => $"{first:yyyy}",
        DutyRhythm.Quarter => $"{first:yyyy}-Q{((first.Month - 1) / 3) + 1}",
        DutyRhythm.Month => $"{first:yyyy-MM}",
        DutyRhythm.Week => $"{first:MM-dd}…{last:MM-dd}",
        _ => $"{first:MM-dd}",
    });
}
