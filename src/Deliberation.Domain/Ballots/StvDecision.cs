namespace Deliberation.Domain.Ballots;

/// <summary>Something that happened in a count of transferable votes.</summary>
/// <param name="Kind"><c>elect</c>, <c>surplus</c>, <c>exclude</c>, <c>fill</c> (elected because as many seats were open as candidates left).</param>
/// <param name="Amount">The surplus, or the votes held; exact.</param>
public sealed record StvEvent(string Kind, string Candidate, decimal Amount);

/// <summary>The result of a count of transferable votes.</summary>
/// <param name="Quota">The quota; for Meek the last one.</param>
/// <param name="Elected">In the order of election.</param>
/// <param name="Stages">The first count and every transfer; for Meek the rounds.</param>
/// <param name="Votes">Votes per candidate and stage, exact decimals.</param>
public sealed record StvDecision(
    decimal Quota,
    long ValidPapers,
    IReadOnlyList<string> Elected,
    int Stages,
    IReadOnlyList<IReadOnlyDictionary<string, decimal>> Votes,
    IReadOnlyList<StvEvent> Events,
    IReadOnlyList<CountTie> Ties,
    Explanation Explanation)
{
    internal static Explanation Explain(string rule, decimal quota, IEnumerable<StvEvent> events) =>
        Explanation.OfCount(rule, [
            FormattableString.Invariant($"quota {quota}"),
            .. events.Select(e => FormattableString.Invariant($"{e.Kind} {e.Candidate} {e.Amount}")),
        ]);

    /// <summary>Strict rankings only: who shares a place is refused.</summary>
    /// <exception cref="ArgumentException">A paper ranks two options equally, or there is no seat.</exception>
    internal static List<(long Count, int[] Ranking)> Strict(RankedPapers papers, int seats)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seats, 1);
        if (papers.HasEqualRanks) throw new ArgumentException("a paper ranks two candidates equally", nameof(papers));
        return [.. papers.Papers.Where(p => p.Tiers.Count > 0).Select(p => (p.Count, p.Tiers.Select(t => t[0]).ToArray()))];
    }
}
