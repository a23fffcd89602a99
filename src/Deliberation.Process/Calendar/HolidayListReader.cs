using System.Globalization;
using System.Text.Json;

namespace Deliberation.Process.Calendar;

/// <summary>What a file of a year's holidays holds.</summary>
/// <param name="List">Null when there are problems.</param>
/// <param name="Problems">In the order of the file; at most <see cref="HolidayListReader.MostProblems"/>.</param>
public sealed record HolidayFile(HolidayList? List, IReadOnlyList<HolidayProblem> Problems);

/// <summary>Why a list cannot be taken.</summary>
/// <param name="Code">Text key under <c>calendar.problem.</c>: unreadable, empty, too-many, day-malformed, year-wrong, year-missing, day-twice, both, workday-on-weekday.</param>
/// <param name="Place">What it is about: a day or a line as it was written; empty for the whole file.</param>
public sealed record HolidayProblem(string Code, string Place);

/// <summary>Reads the State Council's list of one year from the files in which people pass it on.</summary>
/// <remarks>
/// JSON: <c>{"years":{"2026":{"holidays":["2026-10-01/2026-10-07"],"workdays":["2026-10-10"]}}}</c> (ranges inclusive), or
/// <c>{"days":[{"date":"2026-10-01","name":"国庆节","isOffDay":true}]}</c>. CSV: <c>date,kind,name</c> a line, kind one of holiday, 休, workday, 班.
/// ICS: whole-day events, DTEND exclusive (RFC 5545); one whose summary says 班 or workday is worked.
/// </remarks>
public static class HolidayListReader
{
    public const int MostProblems = 20;

    /// <summary>Days that a list may name: China announces about 35 a year.</summary>
    public const int MostDays = 120;

    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "yyyy年M月d日"];
    private static readonly string[] Rest = ["holiday", "休", "rest", "放假", "假"];
    private static readonly string[] Work = ["workday", "班", "work", "上班", "调休上班", "补班"];
    private static readonly char[] Separators = [',', ';', '\t', '，'];

    /// <param name="year">The year that is asked for; days of another are a problem.</param>
    public static HolidayFile Read(string text, int year)
    {
        List<HolidayProblem> problems = [];
        List<HolidayEntry> days = [];
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        try
        {
            days.AddRange(start.StartsWith("{") ? FromJson(start.ToString(), year, problems)
                : start.StartsWith("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase) ? FromCalendar(start.ToString(), problems)
                : FromLines(start.ToString(), problems));
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            problems.Add(new HolidayProblem("unreadable", ""));
        }

        return Check(year, days, problems);
    }

    /// <summary>A list made of such days, or why there is none.</summary>
    public static HolidayFile Check(int year, IReadOnlyList<HolidayEntry> days, IEnumerable<HolidayProblem>? found = null)
    {
        List<HolidayProblem> problems = [.. found ?? []];
        if (problems.Count == 0 && days.Count == 0)
        {
            problems.Add(new HolidayProblem("empty", ""));
        }

        if (days.Count > MostDays)
        {
            problems.Add(new HolidayProblem("too-many", ""));
        }

        problems.AddRange(days.Where(day => day.Day.Year != year).Select(day => new HolidayProblem("year-wrong", Shown(day.Day))));
        problems.AddRange(days.Where(day => day.IsWorked && !IsWeekend(day.Day)).Select(day => new HolidayProblem("workday-on-weekday", Shown(day.Day))));
        problems.AddRange(days.GroupBy(day => day.Day).Where(same => same.Count() > 1)
            .Select(same => new HolidayProblem(same.Any(day => day.IsWorked) && same.Any(day => !day.IsWorked) ? "both" : "day-twice", Shown(same.Key))));
        return problems.Count > 0
            ? new HolidayFile(null, [.. problems.Take(MostProblems)])
            : new HolidayFile(new HolidayList(year, [.. days.OrderBy(day => day.Day)]), []);
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static List<HolidayEntry> FromJson(string text, int year, List<HolidayProblem> problems)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.TryGetProperty("days", out var days))
        {
            return [.. days.EnumerateArray().SelectMany(day => Range(
                day.GetProperty("date").GetString() ?? "", !day.GetProperty("isOffDay").GetBoolean(), day.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "", problems))];
        }

        if (!document.RootElement.GetProperty("years").TryGetProperty(year.ToString(CultureInfo.InvariantCulture), out var list))
        {
            problems.Add(new HolidayProblem("year-missing", ""));
            return [];
        }

        return [.. Days("holidays", false), .. Days("workdays", true)];

        IEnumerable<HolidayEntry> Days(string kind, bool isWorked) =>
            list.GetProperty(kind).EnumerateArray().SelectMany(day => Range(day.GetString() ?? "", isWorked, "", problems));
    }

    private static IEnumerable<HolidayEntry> FromLines(string text, List<HolidayProblem> problems)
    {
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line.Trim(), index + 1)).Where(line => line.Item1.Length > 0))
        {
            var cells = line.Split(Separators, StringSplitOptions.TrimEntries).Select(cell => cell.Trim('"')).ToList();
            var isRest = cells.Count > 1 && Rest.Contains(cells[1], StringComparer.OrdinalIgnoreCase);
            if (isRest || (cells.Count > 1 && Work.Contains(cells[1], StringComparer.OrdinalIgnoreCase)))
            {
                foreach (var day in Range(cells[0], !isRest, cells.Count > 2 ? cells[2] : "", problems))
                {
                    yield return day;
                }
            }
            else if (number > 1 || cells.Any(cell => cell.Any(char.IsAsciiDigit))) // the first line may be a heading
            {
                problems.Add(new HolidayProblem("day-malformed", Short(line)));
            }
        }
    }

    private static IEnumerable<HolidayEntry> FromCalendar(string text, List<HolidayProblem> problems)
    {
        var unfolded = text.ReplaceLineEndings("\n").Replace("\n ", "", StringComparison.Ordinal).Replace("\n\t", "", StringComparison.Ordinal); // RFC 5545, 3.1
        foreach (var item in unfolded.Split("BEGIN:VEVENT").Skip(1))
        {
            var lines = item.Split("END:VEVENT")[0].Split('\n');
            var (from, until) = (Value("DTSTART"), Value("DTEND"));
            var name = Value("SUMMARY");
            var isWorked = name.Contains('班', StringComparison.Ordinal) || name.Contains("workday", StringComparison.OrdinalIgnoreCase);
            if (Date(from) is not { } first || (until.Length > 0 && Date(until) is null))
            {
                problems.Add(new HolidayProblem("day-malformed", Short(from + " " + until)));
                continue;
            }

            foreach (var day in Span(first, until.Length > 0 ? Date(until)!.Value.AddDays(-1) : first, isWorked, name, problems))
            {
                yield return day;
            }

            string Value(string property) => lines
                .FirstOrDefault(line => line.StartsWith(property, StringComparison.OrdinalIgnoreCase) && line.Length > property.Length && line[property.Length] is ':' or ';') is { } line
                    ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                    : "";
        }
    }

    /// <summary>Days as <c>2026-05-01</c> or as an inclusive range <c>2026-05-01/2026-05-05</c>.</summary>
    private static IEnumerable<HolidayEntry> Range(string written, bool isWorked, string name, List<HolidayProblem> problems)
    {
        var ends = Date(written) is { } whole ? [whole] : written.Split('/') is [var one, var other] ? new[] { Date(one), Date(other) } : [null];
        if (ends.Any(end => end is null))
        {
            problems.Add(new HolidayProblem("day-malformed", Short(written)));
            return [];
        }

        return Span(ends[0]!.Value, ends[^1]!.Value, isWorked, name, problems);
    }

    private static IEnumerable<HolidayEntry> Span(DateOnly first, DateOnly last, bool isWorked, string name, List<HolidayProblem> problems)
    {
        if (last < first || last.DayNumber - first.DayNumber >= MostDays)
        {
            problems.Add(new HolidayProblem("day-malformed", $"{Shown(first)}/{Shown(last)}"));
            return [];
        }

        return Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(day => new HolidayEntry(first.AddDays(day), isWorked, Short(name)));
    }

    private static DateOnly? Date(string written) =>
        DateOnly.TryParseExact(written.Trim(), DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1999 and < 2100 ? day : null;

    private static string Short(string written) => written.Length > 40 ? written[..40] : written;
}
