using System.Globalization;

namespace Deliberation.Workflows.Expressions;

/// <summary>A cron expression: five fields, or six with seconds in front. UTC. <c>* , - /</c>, names of months and days, <c>?</c> as <c>*</c>.</summary>
internal sealed class CronSchedule
{
    private static readonly (string Name, int Min, int Max, string[] Words)[] Fields =
    [
        ("Seconds", 0, 59, []),
        ("Minutes", 0, 59, []),
        ("Hours", 0, 23, []),
        ("Days", 1, 31, []),
        ("Months", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        ("Days of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    private readonly ulong[] allowed;
    private readonly bool anyDay;
    private readonly bool anyWeekday;

    private CronSchedule(ulong[] allowed, bool anyDay, bool anyWeekday)
    {
        this.allowed = allowed;
        this.anyDay = anyDay;
        this.anyWeekday = anyWeekday;
    }

    /// <exception cref="ExpressionException">The text is no cron expression.</exception>
    public static CronSchedule Parse(string expression)
    {
        var parts = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var all = parts.Length == 5 ? ["0", .. parts] : parts;
        var allowed = new ulong[6];
        for (var index = 0; index < Math.Min(all.Length, 6); index++)
        {
            allowed[index] = ParseField(all[index], index);
        }

        if (all.Length != 6)
        {
            throw new ExpressionException($"Error when parsing cron expression: The given cron expression has an invalid format. It has {parts.Length} fields, not 5 or 6.", 0, 0);
        }

        // 7 is Sunday too.
        allowed[5] = (allowed[5] | (allowed[5] >> 7)) & 0x7f;
        return new CronSchedule(allowed, all[3] is "*" or "?", all[5] is "*" or "?");
    }

    /// <summary>The first occurrence after an instant; null when there is none within 8 years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var day = DateOnly.FromDateTime(after.UtcDateTime);
        var from = TimeOnly.FromDateTime(after.UtcDateTime);
        for (var offset = 0; offset < 8 * 366; offset++, day = day.AddDays(1))
        {
            if (!IsAllowed(4, day.Month) || !IsAllowedDay(day))
            {
                continue;
            }

            for (var hour = offset == 0 ? from.Hour : 0; hour < 24; hour++)
            {
                for (var minute = 0; IsAllowed(2, hour) && minute < 60; minute++)
                {
                    for (var second = 0; IsAllowed(1, minute) && second < 60; second++)
                    {
                        var at = new DateTimeOffset(day, new TimeOnly(hour, minute, second), TimeSpan.Zero);
                        if (IsAllowed(0, second) && at > after)
                        {
                            return at;
                        }
                    }
                }
            }
        }

        return null;
    }

    private static ulong ParseField(string text, int index)
    {
        var (name, min, max, _) = Fields[index];
        ulong result = 0;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var one] => (one, 1),
                [var one, var every] when int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 => (one, number),
                _ => throw Invalid(name, min, max),
            };
            var (from, to) = range switch
            {
                "*" or "?" => (min, max),
                _ => range.Split('-') switch
                {
                    [var one] => (Number(one, index), part.Contains('/', StringComparison.Ordinal) ? max : Number(one, index)),
                    [var first, var last] => (Number(first, index), Number(last, index)),
                    _ => throw Invalid(name, min, max),
                },
            };
            for (var value = from; value <= to; value += step)
            {
                result |= 1UL << value;
            }
        }

        return result == 0 ? throw Invalid(name, min, max) : result;
    }

    private static int Number(string text, int index)
    {
        var (name, min, max, words) = Fields[index];
        var word = Array.FindIndex(words, candidate => candidate.Equals(text, StringComparison.OrdinalIgnoreCase));
        return word >= 0 ? word + (index == 4 ? 1 : 0)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
            : throw Invalid(name, min, max);
    }

    private static ExpressionException Invalid(string field, int min, int max) =>
        new($"Error when parsing cron expression: The given cron expression has an invalid format. {field}: Value must be a number between {min} and {max} (all inclusive).", 0, 0);

    private bool IsAllowed(int field, int value) => (allowed[field] & (1UL << value)) != 0;

    /// <summary>As every cron: when both day fields are restricted, either is enough.</summary>
    private bool IsAllowedDay(DateOnly day) => (anyDay, anyWeekday) switch
    {
        (false, false) => IsAllowed(3, day.Day) || IsAllowed(5, (int)day.DayOfWeek),
        _ => IsAllowed(3, day.Day) && IsAllowed(5, (int)day.DayOfWeek),
    };
}
