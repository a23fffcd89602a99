namespace Deliberation.Domain.Ballots;

/// <summary>Equal papers that score every option.</summary>
/// <param name="Scores">One per option, 0 to the largest score; blank = 0.</param>
public sealed record ScorePaper(long Count, IReadOnlyList<int> Scores);

/// <summary>One mark, most marks (得票最多).</summary>
public static class Plurality
{
    /// <summary>A paper without one clear first option counts for nobody.</summary>
    public static TotalsDecision Decide(RankedPapers papers) =>
        TotalsDecision.Of("Plurality", papers.Options, [.. papers.FirstPreferences().Select(v => (Fraction)v)]);

    /// <summary>The option with the share of clear first preferences that the line asks for; null when none has it.</summary>
    public static (string? Winner, TotalsDecision Count) DecideByShare(RankedPapers papers, Threshold line)
    {
        var votes = papers.FirstPreferences();
        var whole = votes.Sum();
        var tests = votes.Select((v, i) => RuleTest.Of("threshold", Measure.Votes, v, whole, line, papers.Options[i])).ToList();
        var count = Decide(papers);
        return (tests.Find(t => t.IsMet)?.Subject, count with { Explanation = new("Majority", null, [], tests, []) });
    }
}

/// <summary>Any number of marks, most marks (认可投票). A paper with all or no options is valid and moves nothing.</summary>
public static class Approval
{
    /// <param name="approvedTiers">How many tiers of each paper are approved; null = every option named.</param>
    public static TotalsDecision Decide(RankedPapers papers, int? approvedTiers = null)
    {
        var votes = new long[papers.Options.Count];
        foreach (var paper in papers.Papers)
            foreach (var option in paper.Tiers.Take(approvedTiers ?? int.MaxValue).SelectMany(t => t)) votes[option] += paper.Count;
        return TotalsDecision.Of("Approval", papers.Options, [.. votes.Select(v => (Fraction)v)]);
    }

    /// <summary>The options that at least a share of the cast papers approves.</summary>
    public static IReadOnlyList<string> WithMinimum(TotalsDecision count, long castPapers, Threshold minimum) =>
        [.. count.Totals.Where(t => minimum.IsMet((long)t.Value.Numerator, castPapers)).Select(t => t.Key)];
}

/// <summary>Several seats, at most that many marks a paper (限制投票).</summary>
public static class Limited
{
    /// <summary>The first <paramref name="marks"/> options of each paper count one each; a tier that would exceed them is not counted.</summary>
    public static TotalsDecision Decide(RankedPapers papers, int marks)
    {
        var votes = new long[papers.Options.Count];
        foreach (var paper in papers.Papers)
        {
            var left = marks;
            foreach (var tier in paper.Tiers)
            {
                left -= tier.Count;
                if (left < 0) break;
                foreach (var option in tier) votes[option] += paper.Count;
            }
        }

        return TotalsDecision.Of("Limited", papers.Options, [.. votes.Select(v => (Fraction)v)]);
    }
}

/// <summary>Highest total of scores (打分).</summary>
public static class Score
{
    /// <summary>0 to this, per option and paper.</summary>
    public const int DefaultMaxScore = 5;

    public static TotalsDecision Decide(IReadOnlyList<string> options, IReadOnlyList<ScorePaper> papers) =>
        TotalsDecision.Of("Score", options,
            [.. options.Select((_, i) => (Fraction)papers.Sum(p => p.Count * p.Scores[i]))]);
}

/// <summary>The result of a STAR count.</summary>
/// <param name="Finalists">The two in the final, higher total first; fewer when a tie could not be broken.</param>
/// <param name="Runoff">Papers that score the finalist higher, in the order of <paramref name="Finalists"/>.</param>
/// <param name="Winners">The winner; several when the tie stands.</param>
public sealed record StarDecision(
    TotalsDecision Scores,
    IReadOnlyList<string> Finalists,
    IReadOnlyList<long> Runoff,
    IReadOnlyList<string> Winners,
    IReadOnlyList<CountTie> Ties,
    Explanation Explanation)
{
    public string? Winner => Winners.Count == 1 ? Winners[0] : null;
}

/// <summary>Score, then automatic run-off: of the two highest totals the one scored higher on more papers.</summary>
public static class Star
{
    /// <summary>
    /// Ties for a place in the final: more head-to-heads won among the tied, then more top scores; in the final: higher total,
    /// then more top scores; then the lot. Without a lot a tie that reaches it stands.
    /// </summary>
    public static StarDecision Decide(
        IReadOnlyList<string> options, IReadOnlyList<ScorePaper> papers, int maxScore = Score.DefaultMaxScore, Lot? lot = null)
    {
        var scores = Score.Decide(options, papers);
        var ties = new List<CountTie>();
        var finalists = Finalists(options, papers, maxScore, scores, lot, ties);
        if (finalists.Count < 2)
        {
            // One option only, or a tie for the final that stands: then all who could still be in it.
            List<string> open = [.. finalists.Select(f => options[f]), .. ties.Where(t => t.Chosen is null).SelectMany(t => t.Tied)];
            return new(scores, [.. finalists.Select(f => options[f])], [], open, ties, scores.Explanation with { Rule = "Star" });
        }

        var (a, b) = (finalists[0], finalists[1]);
        long[] runoff = [Preferring(papers, a, b), Preferring(papers, b, a)];
        var winners = Leaders([a, b],
            x => x == a ? runoff[0] : runoff[1], x => Total(papers, x), x => TopScores(papers, x, maxScore));
        if (runoff[0] == runoff[1])
        {
            var byLot = winners.Count > 1;
            if (byLot && lot is not null) winners = [options[a] == lot.First([options[a], options[b]]) ? a : b];
            ties.Add(new("winner", [options[a], options[b]], winners.Count == 1 ? options[winners[0]] : null, byLot && winners.Count == 1));
        }

        string[] steps = [.. scores.Explanation.Steps, $"{options[a]}–{options[b]} {runoff[0]}–{runoff[1]}"];
        return new(scores, [options[a], options[b]], runoff, [.. winners.Select(w => options[w])], ties,
            Explanation.OfCount("Star", steps));
    }

    private static List<int> Finalists(
        IReadOnlyList<string> options, IReadOnlyList<ScorePaper> papers, int maxScore, TotalsDecision scores, Lot? lot, List<CountTie> ties)
    {
        var chosen = new List<int>();
        var rest = Enumerable.Range(0, options.Count).ToList();
        while (chosen.Count < 2 && rest.Count > 0)
        {
            var best = rest.Max(o => scores.Totals[options[o]]);
            var tied = rest.Where(o => scores.Totals[options[o]] == best).ToList();
            if (tied.Count <= 2 - chosen.Count)
            {
                chosen.AddRange(tied);
                rest.RemoveAll(tied.Contains);
                continue;
            }

            var leaders = Leaders(tied,
                x => tied.Count(y => Preferring(papers, x, y) > Preferring(papers, y, x)), x => TopScores(papers, x, maxScore));
            var byLot = leaders.Count > 2 - chosen.Count;
            var names = leaders.Select(o => options[o]).ToList();
            if (byLot && lot is null)
            {
                ties.Add(new("final", names, null, false));
                return chosen;
            }

            List<int> taken = byLot ? [leaders[names.IndexOf(lot!.First(names))]] : leaders;
            ties.Add(new("final", [.. tied.Select(o => options[o])], options[taken[0]], byLot));
            chosen.AddRange(taken);
            rest.RemoveAll(taken.Contains);
        }

        return chosen;
    }

    /// <summary>Those who lead by the first figure; among equals by the next.</summary>
    private static List<int> Leaders(List<int> options, params Func<int, long>[] figures)
    {
        foreach (var figure in figures)
        {
            var best = options.Max(figure);
            options = [.. options.Where(o => figure(o) == best)];
        }

        return options;
    }

    private static long Preferring(IReadOnlyList<ScorePaper> papers, int x, int y) =>
        papers.Where(p => p.Scores[x] > p.Scores[y]).Sum(p => p.Count);

    private static long Total(IReadOnlyList<ScorePaper> papers, int x) => papers.Sum(p => p.Count * p.Scores[x]);

    private static long TopScores(IReadOnlyList<ScorePaper> papers, int x, int maxScore) =>
        papers.Where(p => p.Scores[x] == maxScore).Sum(p => p.Count);
}
