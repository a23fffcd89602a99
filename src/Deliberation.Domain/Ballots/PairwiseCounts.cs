namespace Deliberation.Domain.Ballots;

/// <summary>What options not named on a paper are worth.</summary>
public enum UnrankedPoints
{
    /// <summary>They share the mean of the last places.</summary>
    Mean,

    /// <summary>Nothing.</summary>
    Zero,
}

/// <summary>Points by place (波达计数): k options, places worth k−1 … 0; equal ranks share the mean of their places.</summary>
public static class Borda
{
    public static TotalsDecision Decide(RankedPapers papers, UnrankedPoints unranked = UnrankedPoints.Mean)
    {
        var points = new Fraction[papers.Options.Count];
        foreach (var paper in papers.Papers)
        {
            var place = 0;
            var named = new HashSet<int>();
            foreach (var tier in paper.Tiers)
            {
                Give(tier, place);
                place += tier.Count;
                named.UnionWith(tier);
            }

            if (unranked is UnrankedPoints.Mean && place < points.Length)
                Give([.. Enumerable.Range(0, points.Length).Where(o => !named.Contains(o))], place);

            void Give(IReadOnlyList<int> tier, int first)
            {
                // Mean of (k−1−first) … (k−1−first−(size−1)).
                var mean = new Fraction((2 * (points.Length - 1 - first)) - (tier.Count - 1), 2);
                foreach (var option in tier) points[option] += mean * paper.Count;
            }
        }

        return TotalsDecision.Of("Borda", papers.Options, points);
    }
}

/// <summary>Head-to-head comparison of all options.</summary>
/// <param name="Pairs"><c>Pairs[x][y]</c>: papers that put option x before option y.</param>
/// <param name="Winner">Beats every other option; null when there is none.</param>
/// <param name="Loser">Is beaten by every other option; null when there is none.</param>
public sealed record CondorcetDecision(
    IReadOnlyList<string> Options, IReadOnlyList<IReadOnlyList<long>> Pairs, string? Winner, string? Loser, Explanation Explanation);

/// <summary>The option that beats every other in pairs (孔多塞胜者); may not exist.</summary>
public static class Condorcet
{
    public static CondorcetDecision Decide(RankedPapers papers)
    {
        var pairs = papers.Pairs();
        var all = Enumerable.Range(0, pairs.Length).ToList();
        var winner = all.FindIndex(x => all.TrueForAll(y => x == y || pairs[x][y] > pairs[y][x]));
        var loser = all.FindIndex(x => all.TrueForAll(y => x == y || pairs[x][y] < pairs[y][x]));
        return new(papers.Options, pairs,
            winner < 0 ? null : papers.Options[winner], loser < 0 ? null : papers.Options[loser],
            Explanation.OfCount("Condorcet", Steps(papers.Options, pairs)));
    }

    /// <summary><c>North–Canal 42–58</c>, every pair once.</summary>
    internal static IEnumerable<string> Steps(IReadOnlyList<string> options, long[][] pairs) =>
        from x in Enumerable.Range(0, options.Count)
        from y in Enumerable.Range(x + 1, options.Count - x - 1)
        select $"{options[x]}–{options[y]} {pairs[x][y]}–{pairs[y][x]}";
}

/// <summary>How strong a won comparison is.</summary>
public enum LinkStrength
{
    /// <summary><c>d(x,y)</c>.</summary>
    WinningVotes,

    /// <summary><c>d(x,y) − d(y,x)</c>.</summary>
    Margins,
}

/// <summary>Schulze's result.</summary>
/// <param name="Paths"><c>Paths[x][y]</c>: strength of the strongest path from x to y, 0 when there is none.</param>
public sealed record SchulzeDecision(
    CondorcetDecision Condorcet, IReadOnlyList<IReadOnlyList<long>> Paths, CountOrder Order, Explanation Explanation);

/// <summary>Strongest paths (舒尔茨法): ranks options also where head-to-heads run in a circle.</summary>
public static class Schulze
{
    public static SchulzeDecision Decide(RankedPapers papers, LinkStrength strength = LinkStrength.WinningVotes)
    {
        var condorcet = Condorcet.Decide(papers);
        var pairs = condorcet.Pairs;
        var size = papers.Options.Count;
        var paths = RankedPapers.Matrix(size);
        for (var x = 0; x < size; x++)
            for (var y = 0; y < size; y++)
                if (pairs[x][y] > pairs[y][x])
                    paths[x][y] = strength is LinkStrength.Margins ? pairs[x][y] - pairs[y][x] : pairs[x][y];

        for (var via = 0; via < size; via++)
            for (var x = 0; x < size; x++)
                for (var y = 0; y < size; y++)
                    if (x != y && x != via && y != via)
                        paths[x][y] = Math.Max(paths[x][y], Math.Min(paths[x][via], paths[via][y]));

        var rule = strength is LinkStrength.Margins ? "SchulzeMargins" : "Schulze";
        var steps = condorcet.Explanation.Steps.Concat(
            from x in Enumerable.Range(0, size)
            from y in Enumerable.Range(x + 1, size - x - 1)
            select $"s({papers.Options[x]},{papers.Options[y]}) {paths[x][y]}–{paths[y][x]}");
        return new(condorcet, paths, Order(papers.Options, paths), Explanation.OfCount(rule, steps));
    }

    /// <summary>Tier by tier: those whom no remaining option beats.</summary>
    private static CountOrder Order(IReadOnlyList<string> options, long[][] paths)
    {
        var rest = Enumerable.Range(0, options.Count).ToList();
        var tiers = new List<IReadOnlyList<string>>();
        while (rest.Count > 0)
        {
            var top = rest.Where(x => rest.TrueForAll(y => paths[y][x] <= paths[x][y])).ToList();
            tiers.Add([.. top.Select(o => options[o]).Order(StringComparer.Ordinal)]);
            rest.RemoveAll(top.Contains);
        }

        return new(tiers);
    }
}
