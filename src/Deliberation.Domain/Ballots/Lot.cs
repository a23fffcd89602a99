using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Domain.Ballots;

/// <summary>
/// Drawing lots (抽签) that anyone can repeat: candidates in the order of SHA-256 of <c>seed|candidateId</c>, lowest first.
/// The seed is fixed before anybody votes: its own hash is published at the opening, the seed with the result.
/// </summary>
public sealed class Lot
{
    private readonly Func<string, string> _key;

    private Lot(Func<string, string> key) => _key = key;

    /// <summary>The lot of a public draw.</summary>
    /// <param name="seed">Any text; may be empty for counts that must not meet a tie.</param>
    public static Lot Seeded(string seed) => new(id => KeyOf(seed, id));

    /// <summary>What a candidate is ordered by: lower-case hex SHA-256 of <c>seed|id</c>.</summary>
    public static string KeyOf(string seed, string id) => Hex($"{seed}|{id}");

    /// <summary>What is published before the vote: lower-case hex SHA-256 of the seed.</summary>
    public static string Commit(string seed) => Hex(seed);

    /// <summary>An order drawn beforehand, as some ballot files carry it; those not named come last.</summary>
    public static Lot InOrder(IReadOnlyList<string> ids)
    {
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var id in ids) place.TryAdd(id, place.Count);
        return new(id => place.TryGetValue(id, out var at) ? at.ToString("D9", null) : $"~{id}");
    }

    /// <summary>The candidates in the order drawn.</summary>
    public IReadOnlyList<string> Draw(IEnumerable<string> ids) => [.. ids.OrderBy(_key, StringComparer.Ordinal)];

    /// <summary>The candidate drawn first.</summary>
    public string First(IEnumerable<string> ids) => ids.MinBy(_key, StringComparer.Ordinal)!;

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
