using System.ComponentModel;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Process.Texts;

namespace Deliberation.Web.Language;

/// <summary>The texts of one language.</summary>
public sealed class Texts(TextCatalog catalog, string language) : ITexts
{
    public string Language => language;

    public TextFormat Format { get; } = catalog.Format(language);

    public string this[string key] => catalog.Get(language, key, (IReadOnlyDictionary<string, object?>?)null);

    public bool Has(string key) => catalog.Has(language, key);

    public string Get(string key, object? values) => catalog.Get(language, key, values switch
    {
        null => null,
        IReadOnlyDictionary<string, object?> named => named,
        _ => TypeDescriptor.GetProperties(values).Cast<PropertyDescriptor>().ToDictionary(p => p.Name, p => p.GetValue(values)),
    });

    public string Get(string key, JsonObject values) => catalog.Get(language, key, values);

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
