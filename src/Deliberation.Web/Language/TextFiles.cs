using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Deliberation.Web.Language;

/// <summary>Every text of the product by language and key, read once from the embedded files <c>Texts/&lt;language&gt;/*.json</c>.</summary>
public sealed class TextFiles
{
    public const string Default = "zh-Hans";

    /// <summary>What a reader may choose; the first is the default.</summary>
    public static IReadOnlyList<string> Languages { get; } = [Default, "zh-Hant", "en"];

    private readonly FrozenDictionary<string, FrozenDictionary<string, string>> _texts;

    /// <exception cref="InvalidOperationException">Two files of one language give the same key.</exception>
    public TextFiles(params IEnumerable<Assembly> assemblies)
    {
        var sources = assemblies.ToList();
        _texts = Languages.ToFrozenDictionary(language => language, language => Read(sources, language));
    }

    /// <summary>The text; in zh-Hans when the language lacks it; null when nobody has it.</summary>
    public string? Find(string language, string key) =>
        _texts.TryGetValue(language, out var own) && own.TryGetValue(key, out var text) ? text
        : _texts[Default].GetValueOrDefault(key);

    /// <summary>The keys that a language has by itself, without its fallback.</summary>
    public IReadOnlyCollection<string> KeysOf(string language) => _texts[language].Keys;

    private static FrozenDictionary<string, string> Read(List<Assembly> assemblies, string language)
    {
        var folder = $".Texts.{language.Replace('-', '_')}.";
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assembly in assemblies)
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains(folder, StringComparison.Ordinal)))
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
                {
                    if (!texts.TryAdd(key, text))
                    {
                        throw new InvalidOperationException($"Text {key} stands twice in {language}; the second time in {name}.");
                    }
                }
            }
        }

        return texts.ToFrozenDictionary();
    }
}
