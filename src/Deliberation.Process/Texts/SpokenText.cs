using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Process.Texts;

/// <summary>Texts for the village loudspeaker (大喇叭): plain Chinese, at most a minute, nobody's name.</summary>
public static class SpokenText
{
    /// <summary>Longest text, in characters: a minute at <see cref="CharactersAMinute"/>.</summary>
    public const int Longest = 200;

    /// <summary>How fast one reads to a whole village: slower than the 250 to 300 of the news.</summary>
    public const int CharactersAMinute = 200;

    /// <summary>Longest value inside a text, in characters: what is longer is cut, its page has the rest.</summary>
    private const int LongestValue = 36;

    private const string Language = "zh-Hans";

    /// <summary>Messages that are also read out. A result is announced without names or figures.</summary>
    private static readonly HashSet<string> Spoken =
    [
        "ballots.message.opened", "ballots.message.opened-paper", "ballots.message.paused", "ballots.message.resumed", "ballots.message.extended", "ballots.message.cancelled",
        "ballots.message.passed", "ballots.message.chosen", "ballots.message.rejected", "ballots.message.inquorate", "ballots.message.tied", "ballots.message.voided",
        "ballots.message.filled", "ballots.message.partlyfilled", "ballots.message.runoff", "ballots.message.invalid", "ballots.message.annulled",
        "covenant.message.comment", "evaluation.message.opened", "meeting.message.invited", "meeting.message.moved", "meeting.message.cancelled",
        "notice.message.published", "notice.message.withdrawn", "outcome.message.published", "pledge.message.opened",
        "project.message.launched", "project.message.suspended", "project.message.resumed", "project.message.cancelled",
    ];

    /// <returns>Key of the spoken text of a message, or null when it is not read out.</returns>
    public static string? KeyOf(string messageKey) => Spoken.Contains(messageKey) ? messageKey.Replace(".message.", ".spoken.", StringComparison.Ordinal) : null;

    /// <returns>The text, at most <see cref="Longest"/> characters.</returns>
    public static string Of(TextCatalog texts, string key, JsonObject values)
    {
        var cut = values.DeepClone().AsObject();
        foreach (var (name, value) in values)
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var words))
            {
                cut[name] = Cut(words, LongestValue);
            }
        }

        return Cut(texts.Get(Language, key, cut), Longest);
    }

    /// <returns>Time to read it, whole seconds, 1 or more.</returns>
    public static int Seconds(string text) => Math.Max(1, (Length(text) * 60 + CharactersAMinute - 1) / CharactersAMinute);

    private static int Length(string text) => new StringInfo(text).LengthInTextElements;

    private static string Cut(string text, int longest) =>
        new StringInfo(text) is { LengthInTextElements: var length } info && length > longest ? info.SubstringByTextElements(0, longest) : text;
}
