using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;

namespace Deliberation.Process.Texts;

/// <summary>All words people read, by language and key. Files are embedded as <c>Texts/&lt;lang&gt;/*.json</c>: flat objects of key and text.</summary>
/// <remarks>
/// A placeholder is <c>{name}</c> or <c>{name:format}</c> with the formats of <see cref="TextFormat"/>. Without a format the value decides:
/// instants, days and numbers are set in the language's way, a name that ends in <c>Fen</c> is money, in <c>Hundredths</c> an area.
/// </remarks>
public sealed class TextCatalog
{
    /// <summary>Languages people may choose.</summary>
    public static readonly IReadOnlyList<string> Languages = ["zh-Hans", "zh-Hant", "en"];

    private const string Original = "zh-Hans";

    private readonly FrozenDictionary<(string Language, string Key), string> texts;
    private readonly TimeZoneInfo zone;

    /// <param name="assemblies">Whose texts to load; the process's own come first by themselves, a later text of the same key wins.</param>
    public TextCatalog(params IEnumerable<Assembly> assemblies)
        : this(WorkingCalendar.China.Zone, assemblies)
    {
    }

    public TextCatalog(TimeZoneInfo zone, params IEnumerable<Assembly> assemblies)
    {
        this.zone = zone;
        var loaded = new Dictionary<(string, string), string>();
        foreach (var assembly in assemblies.Prepend(typeof(TextCatalog).Assembly).Distinct())
        {
            Load(assembly, loaded);
        }

        texts = loaded.ToFrozenDictionary();
    }

    /// <summary>Every key of a language, without those it would borrow.</summary>
    public IReadOnlySet<string> KeysOf(string language) =>
        texts.Keys.Where(key => key.Language == language).Select(key => key.Key).ToHashSet();

    /// <summary>True when the language has the key itself or may borrow it.</summary>
    public bool Has(string language, string key) => Find(language, key) is not null;

    /// <summary>The language's way of setting dates, money and areas.</summary>
    /// <param name="thisYear">Council year now: days of another show theirs. Null: days without their year.</param>
    public TextFormat Format(string language, int? thisYear = null) => new(this, language, zone, thisYear);

    /// <summary>The text with its placeholders filled. An unknown key answers itself, so that a gap is seen and not hidden.</summary>
    /// <param name="language">zh-Hans, zh-Hant (borrows zh-Hans) or en (borrows zh-Hans).</param>
    /// <param name="thisYear">As in <see cref="Format"/>.</param>
    public string Get(string language, string key, IReadOnlyDictionary<string, object?>? values = null, int? thisYear = null)
    {
        var text = Find(language, key);
        return text is null ? key : text.Contains('{', StringComparison.Ordinal) ? Fill(Format(language, thisYear), text, values) : text;
    }

    /// <inheritdoc cref="Get(string, string, IReadOnlyDictionary{string, object?}?, int?)"/>
    public string Get(string language, string key, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var named = new Dictionary<string, object?>(values.Length);
        foreach (var (name, value) in values)
        {
            named[name] = value;
        }

        return Get(language, key, named);
    }

    /// <summary>As the other overloads, for values kept as JSON (timeline, outbox).</summary>
    public string Get(string language, string key, JsonObject values, int? thisYear = null) =>
        Get(language, key, values.ToDictionary(value => value.Key, value => (object?)value.Value), thisYear);

    internal string? Find(string language, string key) =>
        texts.TryGetValue((language, key), out var own) ? own
        : language != Original && texts.TryGetValue((Original, key), out var borrowed) ? borrowed
        : null;

    private static string Fill(TextFormat format, string text, IReadOnlyDictionary<string, object?>? values)
    {
        var filled = new StringBuilder(text.Length + 32);
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf('{', position);
            var close = open < 0 ? -1 : text.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            filled.Append(text, position, open - position);
            var parts = text[(open + 1)..close].Split(':', 2);
            position = close + 1;
            if (values is null || !values.TryGetValue(parts[0], out var value))
            {
                filled.Append(text, open, close - open + 1);
                continue;
            }

            filled.Append(format.Value(parts[0], value, parts.Length > 1 ? parts[1] : null));
            if (position < text.Length && EndsSentence(filled) && IsStop(text[position]))
            {
                position++; // a title that ends with a mark needs no second one behind it
            }
        }

        return filled.Append(text, position, text.Length - position).ToString();
    }

    private static bool EndsSentence(StringBuilder text) => text.Length > 0 && text[^1] is '?' or '!' or '\uFF1F' or '\uFF01' or '\u3002';

    private static bool IsStop(char mark) => mark is ',' or '.' or ';' or '\uFF0C' or '\u3002' or '\uFF1B';

    /// <summary>MSBuild names a resource <c>Some.Assembly.Texts.zh_Hans.ballots.json</c>: a hyphen of a folder becomes an underscore.</summary>
    private static void Load(Assembly assembly, Dictionary<(string, string), string> texts)
    {
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            var marker = resource.IndexOf(".Texts.", StringComparison.Ordinal);
            if (marker < 0 || !resource.EndsWith(".json", StringComparison.Ordinal))
            {
                continue;
            }

            var language = resource[(marker + ".Texts.".Length)..].Split('.')[0].Replace('_', '-');
            using var stream = assembly.GetManifestResourceStream(resource)!;
            Read(resource, language, stream, texts);
        }
    }

    /// <exception cref="FormatException">Something is no text, or names what its message does not have.</exception>
    internal static void Read(string resource, string language, Stream file, Dictionary<(string, string), string> texts)
    {
        using var document = JsonDocument.Parse(file);
        foreach (var text in document.RootElement.EnumerateObject())
        {
            if (text.Value.ValueKind is not JsonValueKind.String)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{resource}: {text.Name} is not a text."));
            }

            var words = text.Value.GetString()!;
            MessageValues.Check(resource, text.Name, words);
            texts[(language, text.Name)] = words;
        }
    }
}
