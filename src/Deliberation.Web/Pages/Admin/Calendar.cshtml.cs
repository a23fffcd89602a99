using System.Globalization;
using Deliberation.Features.Calendars;
using Deliberation.Process.Calendar;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Board;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>The editor of the working calendar (工作日历): a year in months, single days, hours, seasons, and what was changed.</summary>
public sealed class CalendarModel(IMediator mediator, ITexts texts) : CalendarDesk(mediator, texts)
{
    private static readonly string[] TimeNames = ["MorningFrom", "MorningUntil", "AfternoonFrom", "AfternoonUntil", "QuietFrom", "QuietUntil"];

    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? SeasonName { get; set; }

    [BindProperty]
    public string? SeasonKind { get; set; }

    [BindProperty]
    public string? First { get; set; }

    [BindProperty]
    public string? Last { get; set; }

    [BindProperty]
    public Guid Season { get; set; }

    /// <summary>What was typed, else what holds.</summary>
    public IEnumerable<(string Name, string Value)> Times => TimeNames.Zip(
        new[] { Calendar.Calendar.Hours[0], Calendar.Calendar.Hours[^1], Calendar.Calendar.Quiet }.SelectMany(span => new[] { span.From, span.Until }),
        (name, time) => (name, Typed(name) ?? CalendarParts.Clock(time)));

    /// <summary>What the change of a day would move; null until somebody asked.</summary>
    public IReadOnlyList<DeadlineMove>? WouldMove { get; private set; }

    public async Task<IActionResult> OnPostLookAsync(CancellationToken cancellationToken)
    {
        var look = new PreviewDay(Caller, Community, ReadDay(Day), Enum.TryParse<DayKind>(Kind, out var kind) ? kind : null);
        var refusal = await AskAsync(look, moves => WouldMove = moves, cancellationToken);
        return refusal is null ? await OnGetAsync(cancellationToken) : await AgainAsync(refusal, cancellationToken);
    }

    public Task<IActionResult> OnPostDayAsync(CancellationToken cancellationToken) =>
        ActAsync(
            new ChangeDay(Caller, Community, ReadDay(Day), Enum.TryParse<DayKind>(Kind, out var kind) ? kind : null, Name ?? "", Reason ?? ""),
            "calendar-saved", cancellationToken, _ => Back);

    public Task<IActionResult> OnPostHoursAsync(CancellationToken cancellationToken) =>
        ActAsync(
            new ChangeHours(Caller, Community, Span("QuietFrom", "QuietUntil"), Span("MorningFrom", "MorningUntil"), Span("AfternoonFrom", "AfternoonUntil"), Reason ?? ""),
            "calendar-saved", cancellationToken, _ => Back);

    public Task<IActionResult> OnPostSeasonAsync(CancellationToken cancellationToken) =>
        ActAsync(
            new AddSeason(
                Caller, Community, SeasonName ?? "", Enum.TryParse<SeasonKind>(SeasonKind, out var kind) ? kind : null, ReadDay(First), ReadDay(Last), Reason ?? ""),
            "calendar-saved", cancellationToken, _ => Back);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellationToken) =>
        ActAsync(new RemoveSeason(Caller, Community, Season, Reason ?? ""), "calendar-saved", cancellationToken, _ => Back);

    private string Back => int.TryParse(YearAsked, out var year) ? $"/admin/calendar?year={year}" : "/admin/calendar";

    private string? Typed(string name) => Request.HasFormContentType && Request.Form.TryGetValue(name, out var typed) ? typed.ToString() : null;

    private DaySpan? Span(string from, string until) => ClockOf(Typed(from)) is { } one && ClockOf(Typed(until)) is { } other ? new DaySpan(one, other) : null;

    private static TimeOnly? ClockOf(string? typed) => TimeOnly.TryParseExact(typed, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
