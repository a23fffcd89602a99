using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using Deliberation.Domain;

namespace Deliberation.Web.Language;

/// <summary>The texts of one language in one time zone.</summary>
public sealed partial class Texts(TextFiles files, string language, TimeZoneInfo zone) : ITexts
{
    public string Language => language;

    public string this[string key] => files.Find(language, key) ?? $"[{key}]";

    public bool Has(string key) => files.Find(language, key) is not null;

    public string Get(string key, object? values)
    {
        var named = Named(values);
        return Placeholder().Replace(this[key], hole =>
            named.TryGetValue(hole.Groups[1].Value, out var value) ? InWords(value) : hole.Value);
    }

    public string Why(Refusal refusal) => Get($"refusal.{refusal.Code}", refusal.Values) is var text && text[0] != '['
        ? text
        : Get(refusal.Code, refusal.Values);

    public string Moment(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return Get(local.Minute == 0 ? "time.moment-hour" : "time.moment", new
        {
            day = Day(DateOnly.FromDateTime(local.DateTime)),
            part = this[local.Hour switch { < 6 => "time.night", < 12 => "time.morning", < 13 => "time.noon", < 18 => "time.afternoon", _ => "time.evening" }],
            hour = (local.Hour is > 12 ? local.Hour - 12 : local.Hour).ToString(CultureInfo.InvariantCulture),
            clock = local.ToString("H:mm", CultureInfo.InvariantCulture),
            minute = local.ToString("mm", CultureInfo.InvariantCulture),
        });
    }

    public string Day(DateOnly day) => Get("time.day", new
    {
        month = this[$"time.month-{day.Month}"],
        day = day.Day.ToString(CultureInfo.InvariantCulture),
        weekday = this[$"time.weekday-{(int)day.DayOfWeek}"],
    });

    public string Day(DateTimeOffset instant) => Day(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime));

    public string TimeLeft(DateTimeOffset now, DateTimeOffset end)
    {
        var left = end - now;
        return left switch
        {
            { TotalDays: >= 1 } => Get("time.left-days", new { count = (long)left.TotalDays }),
            { TotalHours: >= 1 } => Get("time.left-hours", new { count = (long)left.TotalHours }),
            _ => Get("time.left-minutes", new { count = Math.Max(1, (long)left.TotalMinutes) }),
        };
    }

    public string Money(long fen) => Get("figure.money", new { amount = (fen / 100m).ToString(fen % 100 == 0 ? "N0" : "N2", CultureInfo.InvariantCulture) });

    public string Area(long hundredths) => Get("figure.area", new { amount = (hundredths / 100m).ToString("N2", CultureInfo.InvariantCulture) });

    public string People(long count) => Get("figure.people", new { count });

    private string InWords(object? value) => value switch
    {
        null => "",
        DateTimeOffset instant => Moment(instant),
        DateTime instant => Moment(new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc))),
        DateOnly day => Day(day),
        int or long => ((IFormattable)value).ToString("N0", CultureInfo.InvariantCulture),
        Enum => Has($"{value.GetType().Name}.{value}") ? this[$"{value.GetType().Name}.{value}"] : value.ToString()!,
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static IReadOnlyDictionary<string, object?> Named(object? values) => values switch
    {
        null => new Dictionary<string, object?>(),
        IReadOnlyDictionary<string, object?> dictionary => dictionary,
        IDictionary dictionary => dictionary.Keys.Cast<object>().ToDictionary(key => key.ToString()!, key => dictionary[key]),
        _ => TypeDescriptor.GetProperties(values).Cast<PropertyDescriptor>().ToDictionary(p => p.Name, p => p.GetValue(values)),
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
