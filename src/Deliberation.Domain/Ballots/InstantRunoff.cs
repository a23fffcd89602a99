namespace Deliberation.Domain.Ballots;

/// <summary>One round of an instant run-off.</summary>
/// <param name="Votes">First places among the continuing options; equal first ranks share the paper.</param>
/// <param name="Exhausted">Papers that name no continuing option.</param>
/// <param name="Dropped">Who leaves after the round; null in the last.</param>
public sealed record RunoffRound(IReadOnlyDictionary<string, Fraction> Votes, Fraction Exhausted, string? Dropped);

/// <summary>The result of an instant run-off.</summary>
/// <param name="Winner">Null when no paper names anybody.</param>
public sealed record InstantRunoffDecision(
    string? Winner, IReadOnlyList<RunoffRound> Rounds, IReadOnlyList<CountTie> Ties, Explanation Explanation);

/// <summary>Instant run-off (排序复选): the lowest drops out until somebody has more than half of the papers not exhausted.</summary>
public static class InstantRunoff
{
    /// <param name="lot">For a tie that no earlier round breaks; the option drawn first leaves.</param>
    /// <param name="countToTwo">Keep dropping until two remain, for the report.</param>
    public static InstantRunoffDecision Decide(RankedPapers papers, Lot lot, bool countToTwo = false)
    {
        var options = papers.Options;
        var continuing = papers.Standing.ToList();
        var rounds = new List<RunoffRound>();
        var ties = new List<CountTie>();
        string? winner = null;
        while (continuing.Count > 0)
        {
            var (votes, exhausted) = Count(papers, continuing);
            var counted = (Fraction)papers.Total - exhausted;
            if (counted == Fraction.Zero) break;
            var leader = continuing.MaxBy(o => votes[o]);
            var hasMajority = votes[leader] + votes[leader] > counted || continuing.Count == 1;
            if (hasMajority) winner ??= options[leader];
            var isLast = hasMajority && (!countToTwo || continuing.Count <= 2);
            string? dropped = null;
            if (!isLast)
            {
                var lowest = continuing.Min(o => votes[o]);
                var tied = continuing.Where(o => votes[o] == lowest).ToList();
                dropped = tied.Count == 1 ? options[tied[0]] : BreakTie([.. tied.Select(o => options[o])], rounds, lot, ties);
            }

            rounds.Add(new(continuing.ToDictionary(o => options[o], o => votes[o], StringComparer.Ordinal), exhausted, dropped));
            if (isLast) break;
            continuing.RemoveAll(o => options[o] == dropped);
        }

        var steps = rounds.Select(r => string.Join(", ", r.Votes.Select(v => $"{v.Key} {v.Value}")) + (r.Dropped is null ? "" : $" → −{r.Dropped}"));
        return new(winner, rounds, ties, Explanation.OfCount("InstantRunoff", steps));
    }

    private static (Fraction[] Votes, Fraction Exhausted) Count(RankedPapers papers, List<int> continuing)
    {
        var votes = new Fraction[papers.Options.Count];
        Fraction exhausted = 0;
        foreach (var paper in papers.Papers)
        {
            var first = paper.Tiers.Select(t => t.Where(continuing.Contains).ToList()).FirstOrDefault(t => t.Count > 0);
            if (first is null) exhausted += paper.Count;
            else foreach (var option in first) votes[option] += new Fraction(paper.Count, first.Count);
        }

        return (votes, exhausted);
    }

    /// <summary>The one lower in the latest earlier round where they differed, else the lot.</summary>
    private static string BreakTie(List<string> tied, List<RunoffRound> rounds, Lot lot, List<CountTie> ties)
    {
        var left = tied;
        for (var round = rounds.Count - 1; round >= 0 && left.Count > 1; round--)
        {
            var lowest = left.Min(o => rounds[round].Votes[o]);
            left = [.. left.Where(o => rounds[round].Votes[o] == lowest)];
        }

        var chosen = left.Count == 1 ? left[0] : lot.First(left);
        ties.Add(new("exclude", tied, chosen, left.Count > 1));
        return chosen;
    }
}
