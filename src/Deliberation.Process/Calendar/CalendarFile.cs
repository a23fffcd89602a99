using System.Globalization;
using System.Text;

namespace Deliberation.Process.Calendar;

/// <summary>One entry of a calendar file.</summary>
/// <param name="Uid">Stable: a later file with the same one replaces the entry.</param>
/// <param name="Sequence">0 or more; raised each time the entry changes.</param>
/// <param name="EndsAt">Null: an instant, such as a deadline.</param>
/// <param name="Url">Absolute; null when none.</param>
public sealed record CalendarEntry(string Uid, int Sequence, string Title, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string Place, string? Url, bool IsCancelled);

/// <summary>Calendar files (.ics) as telephones read them. Source: RFC 5545; instants in UTC, so that no time zone has to be described.</summary>
public static class CalendarFile
{
    private const int LongestLine = 75; // octets without the line's end, RFC 5545 3.1

    /// <param name="now">When it was written.</param>
    public static string Write(IEnumerable<CalendarEntry> entries, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var file = new StringBuilder();
        Line(file, "BEGIN:VCALENDAR");
        Line(file, "VERSION:2.0");
        Line(file, "PRODID:-//Deliberation//Council//EN");
        Line(file, "METHOD:PUBLISH");
        foreach (var entry in entries)
        {
            Line(file, "BEGIN:VEVENT");
            Line(file, $"UID:{Escape(entry.Uid)}");
            Line(file, $"DTSTAMP:{Instant(now)}");
            Line(file, string.Create(CultureInfo.InvariantCulture, $"SEQUENCE:{entry.Sequence}"));
            Line(file, $"DTSTART:{Instant(entry.StartsAt)}");
            if (entry.EndsAt is { } end)
            {
                Line(file, $"DTEND:{Instant(end)}");
            }

            Line(file, $"SUMMARY:{Escape(entry.Title)}");
            if (entry.Place.Length > 0)
            {
                Line(file, $"LOCATION:{Escape(entry.Place)}");
            }

            if (entry.Url is not null)
            {
                Line(file, $"URL:{entry.Url}");
            }

            Line(file, entry.IsCancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
            Line(file, "END:VEVENT");
        }

        Line(file, "END:VCALENDAR");
        return file.ToString();
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Text of a value: nothing in it ends the line or the value.</summary>
    private static string Escape(string text) => string.Concat(text.ReplaceLineEndings("\n").Select(c => c switch
    {
        '\\' or ';' or ',' => $"\\{c}",
        '\n' => "\\n",
        _ when char.IsControl(c) => "",
        _ => c.ToString(),
    }));

    /// <summary>Folds between characters, never inside one.</summary>
    private static void Line(StringBuilder file, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LongestLine)
            {
                file.Append("\r\n ");
                octets = 1;
            }

            file.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        file.Append("\r\n");
    }
}
