using System.Globalization;
using Deliberation.Features.Calendars;
using Deliberation.Process.Calendar;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>A month of the calendar as it is drawn: seven columns, Monday first.</summary>
/// <param name="First">First day of the month.</param>
/// <param name="Words">All that is special in it, for who cannot see it.</param>
public sealed record MonthPart(DateOnly First, IReadOnlyList<DayPart> Days, string Words);

/// <param name="Column">0 = Monday.</param>
/// <param name="Row">0 = the week of the first.</param>
/// <param name="Listed">Null = its weekday decides.</param>
public sealed record DayPart(int Number, int Column, int Row, HolidayEntry? Listed, bool IsWeekend, bool IsToday, Season? Season);

/// <summary>Days that follow each other and are the same in the list.</summary>
public sealed record HolidaySpan(DateOnly First, DateOnly Last, bool IsWorked, string Name);

/// <summary>A calendar in months and in words.</summary>
public static class CalendarParts
{
    public static IEnumerable<MonthPart> Months(this CalendarPage page, ITexts texts)
    {
        var listed = page.Calendar.Lists.Where(list => list.Year == page.Year).SelectMany(list => list.Days).ToDictionary(day => day.Day);
        for (var month = 1; month <= 12; month++)
        {
            var first = new DateOnly(page.Year, month, 1);
            var before = ((int)first.DayOfWeek + 6) % 7;
            var days = Enumerable.Range(0, DateTime.DaysInMonth(page.Year, month)).Select(number =>
            {
                var day = first.AddDays(number);
                var column = (before + number) % 7;
                return new DayPart(number + 1, column, (before + number) / 7, listed.GetValueOrDefault(day), column > 4, day == page.Today, page.Calendar.SeasonOf(day));
            }).ToList();
            yield return new MonthPart(first, days, Words(texts, first, Spans(days.Select(day => day.Listed).OfType<HolidayEntry>())));
        }
    }

    /// <summary>The year's list, days that belong together in one line.</summary>
    public static IReadOnlyList<HolidaySpan> Spans(this CalendarPage page) => Spans(page.Calendar.Lists.Where(list => list.Year == page.Year).SelectMany(list => list.Days));

    public static IReadOnlyList<HolidaySpan> Spans(IEnumerable<HolidayEntry> days)
    {
        List<HolidaySpan> spans = [];
        foreach (var day in days.OrderBy(day => day.Day))
        {
            if (spans is [.., var last] && last.Last.AddDays(1) == day.Day && last.IsWorked == day.IsWorked && last.Name == day.Name)
            {
                spans[^1] = last with { Last = day.Day };
            }
            else
            {
                spans.Add(new HolidaySpan(day.Day, day.Day, day.IsWorked, day.Name));
            }
        }

        return spans;
    }

    public static string Span(this ITexts texts, DateOnly first, DateOnly last) =>
        first == last ? texts.Get("calendar.day", new { first }) : texts.Get("calendar.span", new { first, last });

    public static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Words(ITexts texts, DateOnly first, IReadOnlyList<HolidaySpan> spans) => texts.Get("calendar.month-words", new
    {
        month = texts[$"calendar.month-{first.Month}"],
        days = spans.Count == 0 ? texts["calendar.month-plain"]
            : string.Join(texts["format.listSeparator"], spans.Select(span => texts.Span(span.First, span.Last) + " " + texts[span.IsWorked ? "calendar.worked" : "calendar.rest"])),
    });
}
