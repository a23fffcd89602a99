using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Domain.Ballots;

/// <summary>
/// Drawing lots (抽签) that anyone can repeat: candidates in the order of SHA-256 of <c>seed|candidateId</c>, lowest first.
/// The seed is the numbers a scrutineer drew in public, typed in before the order is shown.
/// </summary>
public sealed class Lot
{
    private readonly Func<string, string> _key;

    private Lot(Func<string, string> key) => _key = key;

    /// <summary>The lot of a public draw.</summary>
    /// <param name="seed">As typed in; may be empty for counts that must not meet a tie.</param>
    public static Lot Seeded(string seed) =>
        new(id => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}|{id}"))));

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
}
