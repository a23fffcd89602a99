using System.ComponentModel;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Process.Texts;

namespace Deliberation.Web.Language;

/// <summary>The texts of one language.</summary>
/// <param name="thisYear">Council year now: days of another show theirs. Null = not known.</param>
public sealed class Texts(TextCatalog catalog, string language, int? thisYear) : ITexts
{
    public string Language => language;

    public TextFormat Format { get; } = catalog.Format(language, thisYear);

    public string this[string key] => catalog.Get(language, key, (IReadOnlyDictionary<string, object?>?)null, thisYear);

    public bool Has(string key) => catalog.Has(language, key);

    public string Get(string key, object? values) => catalog.Get(language, key, values switch
    {
        null => null,
        IReadOnlyDictionary<string, object?> named => named,
        _ => TypeDescriptor.GetProperties(values).Cast<PropertyDescriptor>().ToDictionary(p => p.Name, p => p.GetValue(values)),
    }, thisYear);

    public string Get(string key, JsonObject values) => catalog.Get(language, key, values, thisYear);

    public string Why(Refusal refusal) => Get(Has($"refusal.{refusal.Code}") ? $"refusal.{refusal.Code}" : refusal.Code, refusal.Values);

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

    public string People(long count) => Get("figure.people", new { count });
}
