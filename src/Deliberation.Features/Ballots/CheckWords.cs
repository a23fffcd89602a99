using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Deliberation.Features.Ballots;

/// <summary>One of a receipt's three check words (核对词). The Chinese one is shown in every language, so that any two readers can compare.</summary>
public sealed record CheckWord(string Chinese, string English);

/// <summary>Three words out of 256 for a receipt code: they differ when the code was copied wrongly, and are easier to read out than it.</summary>
internal static class CheckWords
{
    private static readonly Lazy<Dictionary<string, string[]>> Lists = new(Read);

    public static IReadOnlyList<CheckWord> Of(string code)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("words|" + code));
        return [.. hash.Take(3).Select(place => new CheckWord(Lists.Value["zh"][place], Lists.Value["en"][place]))];
    }

    private static Dictionary<string, string[]> Read()
    {
        using var stream = typeof(CheckWords).Assembly.GetManifestResourceStream("check-words.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!;
    }
}
