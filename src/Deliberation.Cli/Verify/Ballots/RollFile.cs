using System.Globalization;
using System.Text;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Counting;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>The roll that auditors get: every unit with its weight and salt, and the root they make.</summary>
internal sealed record RollFile(IReadOnlyDictionary<string, RollUnit> Units, Hash32 Root)
{
    private const int MostLineBytes = 16 << 10;
    private const int MostUnits = 5_000_000;
    private const long MostWeight = 1_000_000_000_000; // sums stay far from the end of a long

    public Weights Weights => new(Units.Count, Units.Values.Sum(u => u.Persons), Units.Values.Sum(u => u.AreaHundredths));

    public static RollFile Read(BundleFiles files, string name)
    {
        var units = new Dictionary<string, RollUnit>(StringComparer.Ordinal);
        var tree = new LogTree();
        string? before = null;
        using var lines = new LineReader(files.OpenFile(name), name, MostLineBytes);
        while (lines.TryRead(out var line))
        {
            var place = $"Line {lines.Number} of {name}";
            using var json = StrictJson.Parse(line, place);
            var (unit, persons, area, salt) = (json.Root.Text("unit"), json.Root.Number("persons"), json.Root.Number("area"), json.Root.Hex("salt", 32));
            if (unit.Length == 0 || unit.Any(char.IsControl)) throw new BundleException($"{place} has no unit key that is allowed.");
            if (persons is < 0 or > MostWeight || area is < 0 or > MostWeight) throw new BundleException($"{place} has persons or an area that cannot be.");
            if (string.CompareOrdinal(before, unit) >= 0) throw new BundleException($"{place} is out of order, or stands there twice.");
            if (units.Count == MostUnits) throw new BundleException($"{name} has more than {MostUnits:N0} lines.");
            before = unit;
            units.Add(unit, new(persons, area));
            tree.Append(LogTree.Leaf([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unit}\n{persons}\n{area}\n")), .. salt]));
        }

        return new(units, tree.Root());
    }
}
