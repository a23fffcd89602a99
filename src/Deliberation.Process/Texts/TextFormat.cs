using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Process.Texts;

/// <summary>Sets dates, times, money and areas in one language. The patterns are texts themselves, under <c>format.…</c>.</summary>
public sealed class TextFormat
{
    private readonly TextCatalog catalog;
    private readonly string language;
    private readonly TimeZoneInfo zone;
    private readonly int? thisYear;

    internal TextFormat(TextCatalog catalog, string language, TimeZoneInfo zone, int? thisYear)
    {
        this.catalog = catalog;
        this.language = language;
        this.zone = zone;
        this.thisYear = thisYear;
    }

    /// <summary>A day with its weekday; with its year too when that is known not to be this one.</summary>
    public string Date(DateOnly day) => Pattern(thisYear is { } year && day.Year != year ? "format.dateOfYear" : "format.date", ("date", day), []);

    /// <summary>A day with its year, without the weekday.</summary>
    public string LongDate(DateOnly day) => Pattern("format.longDate", ("date", day), []);

    /// <summary>A day and time of day.</summary>
    public string Instant(DateTimeOffset instant) => Instant(instant, isLong: false);

    /// <summary>The same with the year: for what is read in later years.</summary>
    public string LongInstant(DateTimeOffset instant) => Instant(instant, isLong: true);

    /// <summary>The end of a half-open window, in words that people use: midnight belongs to the day that ends.</summary>
    public string Deadline(DateTimeOffset closesAt) => Deadline(closesAt, isLong: false);

    private string Instant(DateTimeOffset instant, bool isLong)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        return Time(DateOnly.FromDateTime(local), local.Hour, local.Minute, isLong);
    }

    private string Deadline(DateTimeOffset closesAt, bool isLong)
    {
        var local = TimeZoneInfo.ConvertTime(closesAt, zone).DateTime;
        var words = local.TimeOfDay == TimeSpan.Zero
            ? Time(DateOnly.FromDateTime(local).AddDays(-1), 24, 0, isLong)
            : Time(DateOnly.FromDateTime(local), local.Hour, local.Minute, isLong);
        return Text("format.deadline").Replace("{instant}", words, StringComparison.Ordinal);
    }

    /// <summary>Money in yuan; cents only where there are any.</summary>
    /// <param name="fen">Whole fen.</param>
    public string Money(long fen)
    {
        var pattern = fen % 100 == 0 ? "#,0" : "#,0.00";
        var amount = (fen / 100m).ToString(pattern, CultureInfo.InvariantCulture);
        return Text("format.money").Replace("{amount}", amount, StringComparison.Ordinal);
    }

    /// <summary>An area with two decimals.</summary>
    /// <param name="hundredths">Hundredths of a square metre.</param>
    public string Area(long hundredths) =>
        Text("format.area").Replace("{amount}", (hundredths / 100m).ToString("#,0.00", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>A whole number with its thousands set apart.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A value as a text wants it: <c>date</c>, <c>longDate</c>, <c>instant</c>, <c>longInstant</c>, <c>deadline</c>, <c>longDeadline</c>, <c>money</c>, <c>area</c>, <c>number</c>, <c>plain</c>; null = by its type. A JSON object is a text by language. Any other is a family of texts: <c>{post:post}</c> is the text <c>post.Community</c>.</summary>
    internal string Value(string name, object? value, string? format)
    {
        var plain = value switch
        {
            JsonValue json => Unwrap(json),
            JsonArray list => string.Join(Text("format.listSeparator"), list.Select(item => Value(name, item, format))),
            IEnumerable<string> list => string.Join(Text("format.listSeparator"), list),
            JsonObject byLanguage when (byLanguage[language] ?? byLanguage["zh-Hans"]) is JsonValue written => Unwrap(written),
            JsonNode json => json.ToJsonString(),
            _ => value,
        };
        return plain switch
        {
            null => "",
            _ when format is "plain" => Convert.ToString(plain, CultureInfo.InvariantCulture) ?? "",
            string code when format is not null && catalog.Find(language, $"{format}.{code}") is { } named => named,
            DateTimeOffset instant => OfInstant(instant, format),
            DateTime instant => OfInstant(new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)), format),
            DateOnly day => format is "longDate" ? LongDate(day) : Date(day),
            sbyte or short or int or long or byte or ushort or uint => OfNumber(name, Convert.ToInt64(plain, CultureInfo.InvariantCulture), format),
            string text when text.Length >= 16 && text[4] is '-' && text[10] is 'T'
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) => OfInstant(instant, format),
            string text when text.Length == 10 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) =>
                format is "longDate" ? LongDate(day) : Date(day),
            _ => Convert.ToString(plain, CultureInfo.InvariantCulture) ?? "",
        };
    }

    private static object? Unwrap(JsonValue json) => json.GetValueKind() switch
    {
        JsonValueKind.String => json.GetValue<string>(),
        JsonValueKind.Number when json.TryGetValue<long>(out var whole) => whole,
        JsonValueKind.Number when json.TryGetValue<int>(out var whole) => (long)whole,
        JsonValueKind.Null => null,
        _ => json.ToString(),
    };

    private string OfInstant(DateTimeOffset instant, string? format) => format switch
    {
        "deadline" => Deadline(instant),
        "longInstant" => LongInstant(instant),
        "longDeadline" => Deadline(instant, isLong: true),
        "date" => Date(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime)),
        "longDate" => LongDate(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime)),
        _ => Instant(instant),
    };

    private string OfNumber(string name, long number, string? format) => format switch
    {
        "money" => Money(number),
        "area" => Area(number),
        "number" => Number(number),
        _ when name.EndsWith("Fen", StringComparison.Ordinal) => Money(number),
        _ when name.EndsWith("Hundredths", StringComparison.Ordinal) => Area(number),
        _ => Number(number),
    };

    /// <param name="hour">0–24; 24 only as the end of a day.</param>
    private string Time(DateOnly day, int hour, int minute, bool isLong)
    {
        var part = hour switch { < 5 => "night", < 8 => "early", < 12 => "morning", 12 => "noon", < 18 => "afternoon", < 24 => "evening", _ => "midnight" };
        var clock = hour == 0 ? Text("format.hour.0") : (hour % 12 == 0 ? 12 : hour % 12).ToString(CultureInfo.InvariantCulture);
        return Pattern(
            minute == 0 ? "format.instant" : "format.instantMinute",
            ("date", day),
            [
                ("on", isLong ? LongDate(day) : Date(day)),
                ("part", Text("format.part." + part)),
                ("hour", clock),
                ("minute", minute.ToString("00", CultureInfo.InvariantCulture)),
            ]);
    }

    private string Pattern(string key, (string Name, DateOnly Day) date, (string Name, string Value)[] more)
    {
        var day = date.Day;
        var words = Text(key)
            .Replace("{year}", day.Year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{monthName}", Text("format.month." + day.Month.ToString(CultureInfo.InvariantCulture)), StringComparison.Ordinal)
            .Replace("{month}", day.Month.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{day}", day.Day.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{weekday}", Text("format.weekday." + ((int)day.DayOfWeek).ToString(CultureInfo.InvariantCulture)), StringComparison.Ordinal);
        return more.Aggregate(words, (text, part) => text.Replace("{" + part.Name + "}", part.Value, StringComparison.Ordinal));
    }

    private string Text(string key) => catalog.Find(language, key) ?? key;
}
