using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>Equal papers of a ballot that chooses among options, as they were cast.</summary>
/// <param name="Choices">See <see cref="PaperForm"/>; abstaining chooses nothing and takes part.</param>
public sealed record ChoicePapers(IReadOnlyList<string> Choices, long Count = 1);

/// <summary>One round or stage of a count.</summary>
/// <param name="Votes">Per option still in it.</param>
/// <param name="Exhausted">Papers that name nobody left; null where the rule does not say.</param>
/// <param name="Dropped">Who leaves after it; null when nobody does or the rule tells it by its events.</param>
public sealed record CountRound(IReadOnlyDictionary<string, Fraction> Votes, Fraction? Exhausted = null, string? Dropped = null);

/// <summary>Who is chosen, with everything the rule worked out on the way; what a rule does not have is empty or null.</summary>
public sealed record ChoiceDecision
{
    /// <summary>Invalid when too few took part or nobody did; Runoff when the tied must meet again.</summary>
    public required ElectionOutcome Outcome { get; init; }

    /// <summary>In the order of the count, best first.</summary>
    public IReadOnlyList<string> Elected { get; init; } = [];

    /// <summary>Who shares the last place and meets again; empty unless the tie stands.</summary>
    public IReadOnlyList<string> Runoff { get; init; } = [];

    public int Vacancies { get; init; }

    /// <summary>The best not chosen, one more than the places left open.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];

    /// <summary>Options from best to last, equal ones together.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Order { get; init; } = [];

    /// <summary>Marks, first places or points, exact.</summary>
    public IReadOnlyDictionary<string, Fraction> Figures { get; init; } = new Dictionary<string, Fraction>();

    public IReadOnlyList<CountRound> Rounds { get; init; } = [];

    public IReadOnlyList<StvEvent> Events { get; init; } = [];

    public decimal? Quota { get; init; }

    /// <summary><c>Pairs[x][y]</c>: papers that put option x before y.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Pairs { get; init; } = [];

    /// <summary>Strongest paths; empty unless Schulze counted.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Paths { get; init; } = [];

    /// <summary>The two of a STAR final with the papers that prefer each.</summary>
    public IReadOnlyList<(string Id, long Papers)> Final { get; init; } = [];

    public IReadOnlyList<CountTie> Ties { get; init; } = [];

    public required Explanation Explanation { get; init; }
}

/// <summary>
/// A ballot that chooses among options by one of the rules of domain.md 3.7 to 3.10: papers as cast in, whoever is chosen out.
/// Nobody is chosen whom no paper supports, however many places there are.
/// </summary>
public static class ChoiceElection
{
    /// <param name="registered">Voting units on the roll.</param>
    /// <param name="returned">Papers handed in, spoilt ones included.</param>
    /// <param name="papers">Valid papers.</param>
    /// <param name="lot">For ties that nothing else breaks.</param>
    public static ChoiceDecision Decide(
        BallotRule rule, IReadOnlyList<string> options, long registered, long returned, IReadOnlyList<ChoicePapers> papers, Lot lot)
    {
        var turnout = Turnout(rule, registered, returned);
        if (turnout.Exists(t => !t.IsMet))
            return new() { Outcome = ElectionOutcome.Invalid, Vacancies = rule.Seats, Explanation = Explain(rule, turnout, []) };

        var count = new Count(rule, options, papers, rule.TieBreak is TieBreak.EarlierProposal ? Lot.InOrder(options) : lot, Leaving(rule, options, lot));
        var decision = count.Decide();
        return decision with
        {
            Explanation = Explain(rule, [.. turnout, .. decision.Explanation.Tests], decision.Explanation.Steps),
        };
    }

    /// <summary>In an exclusion who is drawn first leaves: with the order of the paper that is the last one.</summary>
    private static Lot Leaving(BallotRule rule, IReadOnlyList<string> options, Lot lot) =>
        rule.TieBreak is TieBreak.EarlierProposal ? Lot.InOrder([.. options.Reverse()]) : lot;

    private static List<RuleTest> Turnout(BallotRule rule, long registered, long returned) =>
        rule.MinTurnout is { } line ? [RuleTest.Of("turnout", Measure.Papers, returned, registered, line)]
        : returned == 0 ? [new RuleTest("turnout", Measure.Papers, 0, registered, 0, 1, Comparison.MoreThan)]
        : [];

    private static Explanation Explain(BallotRule rule, IReadOnlyList<RuleTest> tests, IReadOnlyList<string> steps) =>
        new(rule.Kind.ToString(), null, [], tests, steps);

    /// <summary>One count: papers in the shape the rule wants, its answer, the seats.</summary>
    private sealed class Count(BallotRule rule, IReadOnlyList<string> options, IReadOnlyList<ChoicePapers> papers, Lot lot, Lot leaving)
    {
        private RankedPapers? _ranked;

        public ChoiceDecision Decide() => rule.Kind switch
        {
            RuleKind.Plurality or RuleKind.Limited or RuleKind.Approval => ByMarks(),
            RuleKind.Score => ByTotals(Score.Decide(options, Scored())),
            RuleKind.Star => ByStar(),
            RuleKind.Borda => ByTotals(Borda.Decide(Ranked(), rule.Unranked)),
            RuleKind.Condorcet => ByPairs(),
            RuleKind.Schulze => BySchulze(Ranked()),
            RuleKind.InstantRunoff => ByRunoff(Ranked()),
            RuleKind.StvScottish => ByTransfer(StvScottish.Decide(Ranked(), rule.Seats, leaving)),
            RuleKind.StvMeek => ByTransfer(StvMeek.Decide(Ranked(), rule.Seats, leaving)),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Kind, "chooses among no options"),
        };

        private ChoiceDecision ByMarks()
        {
            var count = Approval.Decide(Ranked()); // a paper holds no more marks than its rule allows: all count
            if (rule.MinApproval is not { } line) return ByTotals(count);

            var cast = papers.Sum(p => p.Count);
            List<RuleTest> tests = [.. options.Select(o => RuleTest.Of("threshold", Measure.Votes, (long)count.Totals[o].Numerator, cast, line, o))];
            var met = tests.Where(t => t.IsMet).Select(t => t.Subject).ToHashSet();
            var kept = new CountOrder([.. count.Order.Tiers.Select(t => (IReadOnlyList<string>)[.. t.Where(met.Contains)]).Where(t => t.Count > 0)]);
            return Seat(kept) with
            {
                Order = count.Order.Tiers,
                Figures = count.Totals,
                Explanation = count.Explanation with { Tests = tests },
            };
        }

        private ChoiceDecision ByTotals(TotalsDecision count) =>
            Seat(count.Order) with
            {
                Order = count.Order.Tiers,
                Figures = count.Totals,
                Explanation = count.Explanation,
            };

        private ChoiceDecision ByStar()
        {
            var scored = Scored();
            var star = Star.Decide(options, scored, rule.MaxScore, rule.TieBreak is TieBreak.Lot or TieBreak.EarlierProposal ? lot : null);
            var winners = star.Winners;
            var order = new CountOrder(winners.Count == 0 ? [] : [winners]);
            return Seat(order) with
            {
                Order = [.. order.Tiers, .. star.Scores.Order.Tiers.Select(t => (IReadOnlyList<string>)[.. t.Except(winners)]).Where(t => t.Count > 0)],
                Figures = star.Scores.Totals,
                Final = [.. star.Finalists.Zip(star.Runoff)],
                Ties = Said(star.Ties),
                Explanation = star.Explanation,
            };
        }

        private ChoiceDecision ByPairs()
        {
            var ranked = Ranked();
            var condorcet = Condorcet.Decide(ranked);
            var decision = condorcet.Winner is { } winner ? Seat(new([[winner]])) : rule.WithoutWinner switch
            {
                CondorcetFallback.Schulze => BySchulze(ranked),
                CondorcetFallback.Borda => ByTotals(Borda.Decide(ranked, rule.Unranked)),
                CondorcetFallback.InstantRunoff => ByRunoff(ranked),
                _ => Seat(new([])),
            };
            return decision with
            {
                Pairs = condorcet.Pairs,
                Order = decision.Order.Count > 0 ? decision.Order : Schulze.Decide(ranked).Order.Tiers,
                Explanation = condorcet.Explanation with
                {
                    Steps = condorcet.Winner is null ? [.. condorcet.Explanation.Steps, .. decision.Explanation.Steps.Except(condorcet.Explanation.Steps)] : condorcet.Explanation.Steps,
                },
            };
        }

        private ChoiceDecision BySchulze(RankedPapers ranked)
        {
            var schulze = Schulze.Decide(ranked, rule.Links);
            return Seat(schulze.Order) with
            {
                Order = schulze.Order.Tiers,
                Pairs = schulze.Condorcet.Pairs,
                Paths = schulze.Paths,
                Explanation = schulze.Explanation,
            };
        }

        private ChoiceDecision ByRunoff(RankedPapers ranked)
        {
            // Shared first places happen only where a rule that allows them falls back to this one.
            var runoff = InstantRunoff.Decide(ranked, leaving, rule.CountToTwo);
            var left = runoff.Rounds.Select(r => r.Dropped).OfType<string>().Reverse().ToList();
            var last = runoff.Rounds.Count == 0 ? [] : CountOrder.ByTotals(runoff.Rounds[^1].Votes).Tiers;
            return Seat(new(runoff.Winner is { } winner ? [[winner]] : [])) with
            {
                Order = [.. last, .. left.Where(l => !last.Any(t => t.Contains(l))).Select(l => (IReadOnlyList<string>)[l])],
                Figures = First(ranked),
                Rounds = [.. runoff.Rounds.Select(r => new CountRound(r.Votes, r.Exhausted, r.Dropped))],
                Ties = Said(runoff.Ties),
                Explanation = runoff.Explanation,
            };
        }

        private ChoiceDecision ByTransfer(StvDecision stv)
        {
            var ranked = Ranked();
            var named = Named();
            List<string> elected = [.. stv.Elected.Where(named.Contains)];
            return Ended(elected, [], elected) with
            {
                Order = [.. elected.Select(e => (IReadOnlyList<string>)[e])],
                Figures = First(ranked),
                Quota = stv.Quota,
                Rounds = [.. stv.Votes.Select(stage => new CountRound(stage.ToDictionary(v => v.Key, v => Exact(v.Value), StringComparer.Ordinal)))],
                Events = stv.Events,
                Ties = Said(stv.Ties),
                Explanation = stv.Explanation,
            };
        }

        /// <summary>The places by order, for those whom some paper names; a tie that crosses the last one as the rule says.</summary>
        private ChoiceDecision Seat(CountOrder order)
        {
            var named = Named();
            var supported = new CountOrder([.. order.Tiers.Select(t => (IReadOnlyList<string>)[.. t.Where(named.Contains)]).Where(t => t.Count > 0)]);
            var (elected, tied) = supported.Seat(rule.Seats);
            List<string> all = [.. supported.Tiers.SelectMany(t => t)];
            if (tied.Count == 0) return Ended([.. elected], [], all);

            var left = rule.Seats - elected.Count;
            switch (rule.TieBreak)
            {
                case TieBreak.Runoff:
                    return Ended([.. elected], tied, all);
                case TieBreak.All:
                    return Ended([.. elected, .. tied], [], all);
                default:
                    var drawn = lot.Draw(tied);
                    var isByLot = rule.TieBreak is TieBreak.Lot;
                    return Ended([.. elected, .. drawn.Take(left)], [], all) with { Ties = [new("seats", tied, string.Join(", ", drawn.Take(left)), isByLot)] };
            }
        }

        private ChoiceDecision Ended(List<string> elected, IReadOnlyList<string> runoff, List<string> ranking)
        {
            var vacancies = Math.Max(0, rule.Seats - elected.Count);
            var outcome = vacancies == 0 ? ElectionOutcome.Filled : runoff.Count > 0 ? ElectionOutcome.Runoff : ElectionOutcome.PartlyFilled;
            return new()
            {
                Outcome = outcome,
                Elected = elected,
                Runoff = runoff,
                Vacancies = vacancies,
                Next = outcome is ElectionOutcome.PartlyFilled ? [.. ranking.Concat(options).Except(elected).Take(vacancies + 1)] : [],
                Explanation = Explanation.OfCount(rule.Kind.ToString(), []),
            };
        }

        /// <summary>Options that at least one paper marks, ranks or scores above 0.</summary>
        private HashSet<string> Named() =>
            Ranked().Papers.SelectMany(p => p.Tiers).SelectMany(t => t).Select(o => options[o]).ToHashSet(StringComparer.Ordinal);

        /// <summary>The order of the paper is no lot.</summary>
        private IReadOnlyList<CountTie> Said(IReadOnlyList<CountTie> ties) =>
            rule.TieBreak is TieBreak.EarlierProposal ? [.. ties.Select(t => t with { ByLot = false })] : ties;

        private RankedPapers Ranked()
        {
            if (_ranked is not null) return _ranked;
            var index = Index();
            return _ranked = new(options, [.. papers.Select(p => RankedPaper.Of(p.Count, Tiers(p.Choices, index)))]);
        }

        private IEnumerable<IEnumerable<int>> Tiers(IReadOnlyList<string> choices, Dictionary<string, int> index)
        {
            if (choices.Contains(PaperForm.Abstain)) return [];
            if (rule.IsScored) return Scores(choices).Where(s => s.Score > 0).GroupBy(s => s.Score).OrderByDescending(g => g.Key).Select(g => g.Select(s => index[s.Id]));
            if (!rule.IsRanked) return [choices.Select(c => index[c])];
            return choices.Select(PaperForm.Split).GroupBy(c => PaperForm.Number(c.Number)).OrderBy(g => g.Key).Select(g => g.Select(c => index[c.Id]));
        }

        private List<ScorePaper> Scored()
        {
            var index = Index();
            return [.. papers.Select(p =>
            {
                var scores = new int[options.Count];
                foreach (var (id, score) in Scores(p.Choices)) scores[index[id]] = score;
                return new ScorePaper(p.Count, scores);
            })];
        }

        private static IEnumerable<(string Id, int Score)> Scores(IReadOnlyList<string> choices) =>
            choices.Where(c => c != PaperForm.Abstain).Select(PaperForm.Split).Select(c => (c.Id, PaperForm.Number(c.Number) ?? 0));

        private Dictionary<string, int> Index() => options.Select((o, i) => (o, i)).ToDictionary(o => o.o, o => o.i, StringComparer.Ordinal);

        /// <summary>First places; shared ones are parts.</summary>
        private Dictionary<string, Fraction> First(RankedPapers ranked)
        {
            var first = options.ToDictionary(o => o, _ => Fraction.Zero, StringComparer.Ordinal);
            foreach (var paper in ranked.Papers.Where(p => p.Tiers.Count > 0))
                foreach (var option in paper.Tiers[0]) first[options[option]] += new Fraction(paper.Count, paper.Tiers[0].Count);
            return first;
        }

        /// <summary>Counts of transferable votes are decimals of at most nine places.</summary>
        private static Fraction Exact(decimal value) =>
            new(System.Numerics.BigInteger.Parse((value * 1_000_000_000m).ToString("F0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), 1_000_000_000);
    }
}
