using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Deliberation.Features.Ballots;

/// <summary>Three words out of 256 for a receipt code, so that people can compare receipts aloud.</summary>
internal static class CheckWords
{
    private static readonly Lazy<Dictionary<string, string[]>> Lists = new(Read);

    public static IReadOnlyList<string> Of(string code, string locale)
    {
        var list = Lists.Value[locale == "en" ? "en" : "zh"];
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("words|" + code));
        return [list[hash[0]], list[hash[1]], list[hash[2]]];
    }

    private static Dictionary<string, string[]> Read()
    {
        using var stream = typeof(CheckWords).Assembly.GetManifestResourceStream("check-words.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!;
    }
}
