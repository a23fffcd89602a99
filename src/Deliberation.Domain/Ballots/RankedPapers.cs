namespace Deliberation.Domain.Ballots;

/// <summary>Equal papers that rank options.</summary>
/// <param name="Count">How many papers say the same, 1 or more.</param>
/// <param name="Tiers">Best first; a tier holds the indices of options ranked equally; options not named share the last place.</param>
public sealed record RankedPaper(long Count, IReadOnlyList<IReadOnlyList<int>> Tiers)
{
    /// <summary>A repeated option keeps its first place; a gap closes up.</summary>
    public static RankedPaper Of(long count, IEnumerable<IEnumerable<int>> tiers)
    {
        var seen = new HashSet<int>();
        var kept = new List<IReadOnlyList<int>>();
        foreach (var tier in tiers)
        {
            int[] options = [.. tier.Where(seen.Add)];
            if (options.Length > 0) kept.Add(options);
        }

        return new(count, kept);
    }

    /// <summary>A paper without equal ranks.</summary>
    public static RankedPaper Strict(long count, params IEnumerable<int> options) => Of(count, options.Select(o => new[] { o }));
}

/// <summary>The papers of a ranked ballot (排序票).</summary>
/// <param name="Options">Names or ids; papers speak of their indices.</param>
public sealed record RankedPapers(IReadOnlyList<string> Options, IReadOnlyList<RankedPaper> Papers)
{
    /// <summary>Indices of options that withdrew: they keep their number and get nothing.</summary>
    public IReadOnlySet<int> Withdrawn { get; init; } = new HashSet<int>();

    /// <summary>Papers in all, blank ones included.</summary>
    public long Total => Papers.Sum(p => p.Count);

    /// <summary>True when some paper ranks two options equally.</summary>
    public bool HasEqualRanks => Papers.Any(p => p.Tiers.Any(t => t.Count > 1));

    /// <summary>Papers by first option, for papers with one clear first.</summary>
    public long[] FirstPreferences()
    {
        var first = new long[Options.Count];
        foreach (var paper in Papers)
            if (paper.Tiers is [[var option], ..]) first[option] += paper.Count;
        return first;
    }

    /// <summary><c>d(x,y)</c>: papers that put x before y; a ranked option stands before every unranked one.</summary>
    public long[][] Pairs()
    {
        var pairs = Matrix(Options.Count);
        var place = new int[Options.Count];
        foreach (var paper in Papers)
        {
            Array.Fill(place, int.MaxValue);
            for (var tier = 0; tier < paper.Tiers.Count; tier++)
                foreach (var option in paper.Tiers[tier]) place[option] = tier;
            for (var x = 0; x < place.Length; x++)
                for (var y = 0; y < place.Length; y++)
                    if (place[x] < place[y]) pairs[x][y] += paper.Count;
        }

        return pairs;
    }

    /// <summary>Indices of the options that may win.</summary>
    internal IEnumerable<int> Standing => Enumerable.Range(0, Options.Count).Where(o => !Withdrawn.Contains(o));

    internal static long[][] Matrix(int size) => [.. Enumerable.Range(0, size).Select(_ => new long[size])];
}

/// <summary>Options in order of a count: best first, equal ones in one tier (in ordinal order of their names).</summary>
public sealed record CountOrder(IReadOnlyList<IReadOnlyList<string>> Tiers)
{
    /// <summary>The one at the top; null when several share it.</summary>
    public string? Winner => Tiers is [[var winner], ..] ? winner : null;

    /// <summary>All at the top; empty when there is no option.</summary>
    public IReadOnlyList<string> Winners => Tiers.Count == 0 ? [] : Tiers[0];

    /// <summary>The first <paramref name="seats"/>; and the tied, when a tie crosses the last seat (none of them is seated).</summary>
    public (IReadOnlyList<string> Elected, IReadOnlyList<string> Tied) Seat(int seats)
    {
        var elected = new List<string>();
        foreach (var tier in Tiers)
        {
            if (elected.Count == seats) break;
            if (elected.Count + tier.Count > seats) return (elected, tier);
            elected.AddRange(tier);
        }

        return (elected, []);
    }

    internal static CountOrder ByTotals(IReadOnlyDictionary<string, Fraction> totals) => new(
        [.. totals.GroupBy(t => t.Value).OrderByDescending(g => g.Key)
            .Select(g => (IReadOnlyList<string>)[.. g.Select(t => t.Key).Order(StringComparer.Ordinal)])]);
}

/// <summary>A count that gives every option a total.</summary>
/// <param name="Totals">Votes, approvals, points: exact.</param>
public sealed record TotalsDecision(IReadOnlyDictionary<string, Fraction> Totals, CountOrder Order, Explanation Explanation)
{
    internal static TotalsDecision Of(string rule, IReadOnlyList<string> options, IReadOnlyList<Fraction> totals)
    {
        var byOption = new Dictionary<string, Fraction>(StringComparer.Ordinal);
        for (var i = 0; i < options.Count; i++) byOption[options[i]] = totals[i];
        return new(byOption, CountOrder.ByTotals(byOption), Explanation.OfCount(rule, byOption.Select(t => $"{t.Key} {t.Value}")));
    }
}

/// <summary>A tie that had to be broken on the way.</summary>
/// <param name="Purpose"><c>surplus</c>, <c>exclude</c>, <c>final</c>, <c>winner</c>.</param>
/// <param name="Chosen">Who was taken (for <c>exclude</c>: who left); null when the tie stands.</param>
/// <param name="ByLot">False when an earlier stage or another figure decided.</param>
public sealed record CountTie(string Purpose, IReadOnlyList<string> Tied, string? Chosen, bool ByLot);
