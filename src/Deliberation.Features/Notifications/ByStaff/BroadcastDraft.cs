using System.Text.Json.Nodes;
using Deliberation.Domain;

namespace Deliberation.Features.Notifications.ByStaff;

/// <summary>What staff write and to whom.</summary>
/// <param name="To">An audience as <see cref="AudienceChoice.Value"/> says it.</param>
/// <param name="Text">In simplified Chinese, up to <see cref="LongestText"/> characters.</param>
/// <param name="Traditional">In traditional Chinese; readers of it get <paramref name="Text"/> when empty.</param>
/// <param name="English">In English; readers of it get <paramref name="Text"/> when empty.</param>
/// <param name="IsLegal">The law wants it told: it reaches those too who switched such messages off, and says that it is a legal notice.</param>
/// <param name="Basis">Which law or rule, 3 to 200 characters; only of a legal notice.</param>
public sealed record BroadcastDraft(string? To, string? Text, string? Traditional, string? English, bool IsLegal, string? Basis)
{
    public const int LongestText = 500;

    public const int LongestBasis = 200;

    /// <returns>Why it may not be sent as it is; null when it may. Names the field.</returns>
    internal Refusal? Check() => Words(Text).Length == 0 ? Refusal.Invalid("broadcast.text-missing", nameof(Text))
        : TooLong(nameof(Text), Text) ?? TooLong(nameof(Traditional), Traditional) ?? TooLong(nameof(English), English)
        ?? (IsLegal && Words(Basis).Length is < 3 or > LongestBasis ? Refusal.Invalid("broadcast.basis-invalid", nameof(Basis), ("most", LongestBasis))
            : IsLegal && To?.StartsWith("NotVoted:", StringComparison.Ordinal) == true ? Refusal.Invalid("broadcast.legal-reminder", nameof(IsLegal))
            : null);

    /// <summary>By language, those that were written.</summary>
    internal JsonObject Texts()
    {
        var texts = new JsonObject { ["zh-Hans"] = Words(Text) };
        foreach (var (language, words) in new[] { ("zh-Hant", Words(Traditional)), ("en", Words(English)) }.Where(text => text.Item2.Length > 0))
        {
            texts[language] = words;
        }

        return texts;
    }

    /// <summary>Null when it is no legal notice.</summary>
    internal string? LegalBasis => IsLegal ? Words(Basis) : null;

    private static string Words(string? typed) => typed?.Trim() ?? "";

    private static Refusal? TooLong(string field, string? typed) => Words(typed).Length > LongestText ? Refusal.Invalid("broadcast.text-long", field, ("most", LongestText)) : null;
}
