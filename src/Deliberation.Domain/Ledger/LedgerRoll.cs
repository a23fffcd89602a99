using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Domain.Ledger;

/// <summary>A voting unit as the roll's root fixes it.</summary>
/// <param name="AreaHundredths">In 0.01 m².</param>
public sealed record LedgerUnit(string Key, int Persons, long AreaHundredths);

/// <summary>The root of a roll (名册根): fixes every unit and its weight, and tells nobody who is on it.</summary>
public static class LedgerRoll
{
    /// <summary>The unit's own salt; whoever is handed it can show that the unit is on the roll, and nothing of the others.</summary>
    public static byte[] SaltOf(string unitKey, byte[] rollSalt) => HMACSHA256.HashData(rollSalt, Encoding.UTF8.GetBytes(unitKey));

    /// <param name="units">In any order, removed ones left out.</param>
    public static byte[] Root(IEnumerable<LedgerUnit> units, byte[] rollSalt)
    {
        var tree = CompactRange.Empty();
        foreach (var unit in units.OrderBy(unit => unit.Key, StringComparer.Ordinal))
        {
            var text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unit.Key}\n{unit.Persons}\n{unit.AreaHundredths}\n"));
            tree.Append(MerkleHash.Leaf([.. text, .. SaltOf(unit.Key, rollSalt)]));
        }

        return tree.Root();
    }
}
