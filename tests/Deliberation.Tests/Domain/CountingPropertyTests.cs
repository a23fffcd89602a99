using System.Numerics;
using Deliberation.Domain.Ballots;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Domain;

/// <summary>What must hold for every count, tried on random ones.</summary>
public sealed class CountingPropertyTests
{
    private static readonly Gen<Threshold> Thresholds =
        from denominator in Gen.Choose(1, 12)
        from numerator in Gen.Choose(0, denominator)
        from strict in Gen.Elements(true, false)
        select new Threshold(numerator, denominator, strict);

    private static readonly Gen<YesNoCount> Counts =
        from yes in Gen.Choose(0, 40)
        from no in Gen.Choose(0, 40)
        from abstain in Gen.Choose(0, 20)
        from spoilt in Gen.Choose(0, 10)
        from absent in Gen.Choose(1, 60)
        select new YesNoCount(yes, no, abstain, spoilt, yes + no + abstain + spoilt + absent, yes + no + abstain + absent);

    /// <summary>Up to six options, up to thirty papers, equal ranks and blanks included.</summary>
    private static Gen<RankedPapers> Rankings(bool strict) =>
        from size in Gen.Choose(1, 6)
        from papers in Gen.ListOf(
            from count in Gen.Choose(1, 9)
            from order in Gen.Shuffle(Enumerable.Range(0, size).ToArray())
            from length in Gen.Choose(0, size)
            from joins in Gen.ArrayOf(Gen.Choose(0, 3), size)
            select RankedPaper.Of(count, Tiers(order[..length], strict ? null : joins)))
        select new RankedPapers([.. Enumerable.Range(0, size).Select(i => ((char)('A' + i)).ToString())], [.. papers.Take(30)]);

    private static readonly Gen<(long Budget, List<BudgetProject> Projects, List<BudgetPaper> Papers)> Budgets =
        from budget in Gen.Choose(0, 5000)
        from costs in Gen.NonEmptyListOf(Gen.Choose(1, 2000))
        from papers in Gen.NonEmptyListOf(Gen.SubListOf(Enumerable.Range(0, Math.Min(8, costs.Count)).Select(i => $"p{i}")))
        select ((long)budget, costs.Take(8).Select((c, i) => new BudgetProject($"p{i}", c)).ToList(),
            papers.Take(15).Select(p => BudgetPaper.Approve(p)).ToList());

    [Fact]
    public void The_needed_count_is_the_smallest_that_meets_the_line() =>
        Holds(from t in Thresholds from whole in Gen.Choose(1, 500) select (t, whole),
            x => x.t.IsMet(x.t.Needed(x.whole), x.whole) && !x.t.IsMet(x.t.Needed(x.whole) - 1, x.whole));

    [Fact]
    public void One_more_vote_for_never_turns_passed_into_not_passed() =>
        Holds(from t in Thresholds
              from c in Counts
              from b in Gen.Elements(Enum.GetValues<MajorityBase>())
              from turnout in Gen.Elements(null, Threshold.AtLeastHalf)
              select (Rule: new MajorityRule { Base = b, Threshold = t, MinTurnout = turnout }, Count: c),
            x => !Majority.Decide(x.Rule, x.Count).Passed || Majority.Decide(x.Rule, x.Count with { For = x.Count.For + 1 }).Passed);

    [Fact]
    public void An_owner_who_changes_from_against_to_for_never_sinks_a_matter() =>
        Holds(from areas in Gen.NonEmptyListOf(Gen.Choose(1, 20_000))
              from choices in Gen.ArrayOf(Gen.Elements<Choice?>(Choice.For, Choice.Against, Choice.Abstain, null), areas.Count)
              from matter in Gen.Choose(1, 9)
              select (areas, choices, matter),
            x =>
            {
                OwnersRoll roll = new(x.areas.Select((a, i) => new OwnersRollEntry($"o{i}", a, [])));
                bool Passes(IEnumerable<Choice?> choices) => OwnersAssembly.Decide(
                    roll, choices.Select((c, i) => (c, i)).Where(c => c.c is not null).Select(c => new OwnersPaper($"o{c.i}", c.c)), (OwnersMatter)x.matter).Passed;
                var against = Array.IndexOf(x.choices, Choice.Against);
                return against < 0 || !Passes(x.choices) || Passes(x.choices.Select((c, i) => i == against ? Choice.For : c));
            });

    [Fact]
    public void The_roll_holds_every_counted_unit_once() =>
        Holds(Gen.NonEmptyListOf(
            from kind in Gen.Elements(Enum.GetValues<UnitKind>())
            from state in Gen.Elements(Enum.GetValues<UnitState>())
            from area in Gen.Choose(1, 30_000)
            from owners in Gen.NonEmptyListOf(Gen.Elements("a", "b", "c"))
            select new ExclusiveUnit("", kind, area, [.. owners], state)),
            units =>
            {
                List<ExclusiveUnit> numbered = [.. units.Select((u, i) => u with { Unit = $"{i}" })];
                var roll = OwnersRoll.Build(numbered, parkingCounts: true);
                return roll.AreaHundredths == numbered.Sum(u => u.AreaHundredths)
                    && roll.Entries.SelectMany(e => e.Units).Order().SequenceEqual(numbered.Select(u => u.Unit).Order());
            });

    [Fact]
    public void A_condorcet_winner_is_schulzes_only_winner() =>
        Holds(Rankings(strict: false), papers => Condorcet.Decide(papers).Winner is not { } winner
            || (Schulze.Decide(papers).Order.Winner == winner && Schulze.Decide(papers, LinkStrength.Margins).Order.Winner == winner));

    [Fact]
    public void Borda_gives_out_the_same_points_for_every_paper() =>
        Holds(Rankings(strict: false), papers =>
            Borda.Decide(papers).Totals.Values.Aggregate(Fraction.Zero, (a, b) => a + b)
                == new Fraction((BigInteger)papers.Total * papers.Options.Count * (papers.Options.Count - 1), 2));

    [Fact]
    public void No_paper_is_lost_in_an_instant_run_off() =>
        Holds(Rankings(strict: false), papers => InstantRunoff.Decide(papers, Lot.InOrder(papers.Options), countToTwo: true).Rounds
            .All(r => r.Votes.Values.Aggregate(r.Exhausted, (a, b) => a + b) == (Fraction)papers.Total));

    [Fact]
    public void Transferable_votes_fill_every_seat_and_never_make_votes() =>
        Holds(from papers in Rankings(strict: true) from seats in Gen.Choose(1, 5) select (papers, seats),
            x => new[] { StvScottish.Decide(x.papers, x.seats, Lot.Seeded("7")), StvMeek.Decide(x.papers, x.seats, Lot.Seeded("7")) }.All(stv =>
                stv.Elected.Count == Math.Min(x.seats, x.papers.Options.Count)
                && stv.Elected.Distinct().Count() == stv.Elected.Count
                && stv.Votes.All(stage => stage.Values.Sum() <= stv.ValidPapers)));

    [Fact]
    public void A_budget_is_never_exceeded_and_every_fen_is_accounted_for() =>
        Holds(from b in Budgets
              from rule in Gen.Elements(Enum.GetValues<BudgetRule>())
              from utility in Gen.Elements(Enum.GetValues<BudgetUtility>())
              from completion in Gen.Elements(Enum.GetValues<BudgetCompletion>())
              select (b, Options: new BudgetOptions { Rule = rule, Utility = utility, Completion = completion }),
            x =>
            {
                var decision = ParticipatoryBudget.Decide(x.b.Budget, x.b.Projects, x.b.Papers, x.Options);
                if (decision.CostFen > x.b.Budget || decision.Funded.Count + decision.Unfunded.Count != x.b.Projects.Count) return false;
                if (x.Options.Rule is not BudgetRule.EqualShares) return true;
                var bought = decision.Funded.Where(f => f.PricePerUtility is not null).ToList();
                var left = decision.LeftoverFen.Aggregate(Fraction.Zero, (a, b) => a + b);
                return bought.TrueForAll(f => f.Payers.Aggregate(Fraction.Zero, (sum, p) => sum + (p.EachFen * p.Voters)) == f.CostFen)
                    && left + bought.Sum(f => f.CostFen) == decision.FinalShareFen!.Value * x.b.Papers.Count;
            });

    [Fact]
    public void Equal_shares_leave_no_group_that_could_still_pay_for_its_project() =>
        Holds(Budgets, b => ParticipatoryBudget.Decide(b.Budget, b.Projects, b.Papers).Unfunded
            .All(u => u.Reason is BudgetLoss.TooFewVotes || u.MissingFen > 0));

    private static IEnumerable<IEnumerable<int>> Tiers(int[] order, int[]? joins)
    {
        var tiers = new List<List<int>>();
        for (var i = 0; i < order.Length; i++)
        {
            if (i > 0 && joins?[i] == 0) tiers[^1].Add(order[i]);
            else tiers.Add([order[i]]);
        }

        return tiers;
    }

    private static void Holds<T>(Gen<T> values, Func<T, bool> property) =>
        Prop.ForAll(values.ToArbitrary(), property).QuickCheckThrowOnFailure();
}
