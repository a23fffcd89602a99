using System.Numerics;
using Deliberation.Domain.Ballots;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Domain;

/// <summary>What theory promises of the rules, tried on random elections; and what it denies, shown.</summary>
public sealed class RulePropertyTests
{
    private static readonly RuleKind[] Choosing = [.. Enum.GetValues<RuleKind>().Where(kind => new BallotRule { Kind = kind }.IsChoice)];

    private sealed record Election(BallotRule Rule, string[] Options, List<ChoicePapers> Papers);

    /// <summary>One to five options, one to twelve kinds of papers, each up to nine times; abstentions and short papers included.</summary>
    private static Gen<Election> Elections(params RuleKind[] kinds) =>
        from kind in Gen.Elements(kinds)
        from size in Gen.Choose(1, 5)
        from seats in Gen.Choose(1, 3)
        let rule = new BallotRule { Kind = kind, Seats = kind is RuleKind.Star or RuleKind.Condorcet or RuleKind.InstantRunoff ? 1 : seats }
        let options = Enumerable.Range(0, size).Select(i => ((char)('a' + i)).ToString()).ToArray()
        from papers in Gen.NonEmptyListOf(
            from count in Gen.Choose(1, 9)
            from order in Gen.Shuffle(options)
            from length in Gen.Choose(0, size)
            from scores in Gen.ArrayOf(Gen.Choose(0, 5), size)
            from joins in Gen.ArrayOf(Gen.Elements(true, false, false), size)
            select new ChoicePapers(Paper(rule, order[..length], scores, joins), count))
        select new Election(rule, options, [.. papers.Take(12)]);

    [Fact] // every rule
    public void The_order_of_papers_and_of_options_never_changes_who_is_chosen() =>
        Holds(from election in Elections(Choosing)
              from papers in Gen.Shuffle(election.Papers.ToArray())
              from options in Gen.Shuffle(election.Options)
              select (election, papers, options),
            x => Chosen(x.election).SequenceEqual(Chosen(x.election with { Options = x.options, Papers = [.. x.papers] })));

    [Fact] // a paper that stands twice is two papers
    public void Equal_papers_count_the_same_together_and_apart() =>
        Holds(Elections(Choosing), e =>
            Chosen(e).SequenceEqual(Chosen(e with { Papers = [.. e.Papers.SelectMany(p => Enumerable.Repeat(p with { Count = 1 }, (int)p.Count))] })));

    [Fact] // quotas are not proportional to the number of papers (the + 1), so transferable votes are left out
    public void An_electorate_of_clones_chooses_the_same() =>
        Holds(from election in Elections([.. Choosing.Except([RuleKind.StvScottish, RuleKind.StvMeek])])
              from times in Gen.Choose(2, 7)
              select (election, times),
            x => Chosen(x.election).SequenceEqual(Chosen(x.election with { Papers = [.. x.election.Papers.Select(p => p with { Count = p.Count * x.times })] })));

    [Fact]
    public void More_support_never_harms_the_winner_by_marks_points_or_pairs() =>
        Holds(from election in Elections(RuleKind.Plurality, RuleKind.Approval, RuleKind.Score, RuleKind.Borda, RuleKind.Schulze)
              from paper in Gen.Choose(0, election.Papers.Count - 1)
              select (Election: election with { Rule = election.Rule with { Seats = 1, TieBreak = TieBreak.All } }, Paper: paper),
            x =>
            {
                var (election, at) = x;
                var winners = Decide(election).Elected;
                return winners.All(winner => Decide(election with
                {
                    Papers = [.. election.Papers.Select((p, i) => i == at ? p with { Choices = Raised(election, p.Choices, winner) } : p)],
                }).Elected.Contains(winner));
            });

    [Fact] // 10 voters put A higher, and A loses: known of every rule that eliminates
    public void More_support_may_harm_the_winner_of_an_instant_run_off_and_of_a_transferable_vote()
    {
        List<ChoicePapers> before = [Ranked(39, "A", "B", "C"), Ranked(35, "B", "C", "A"), Ranked(26, "C", "A", "B")];
        List<ChoicePapers> after = [Ranked(49, "A", "B", "C"), Ranked(25, "B", "C", "A"), Ranked(26, "C", "A", "B")];
        foreach (var kind in new[] { RuleKind.InstantRunoff, RuleKind.StvScottish, RuleKind.StvMeek })
        {
            Assert.Equal(["A"], Chosen(new(new() { Kind = kind }, ["A", "B", "C"], before)));
            Assert.Equal(["C"], Chosen(new(new() { Kind = kind }, ["A", "B", "C"], after)));
        }
    }

    [Fact]
    public void Whoever_is_elected_by_transferable_vote_reached_the_quota_or_was_left_standing() =>
        Holds(Elections(RuleKind.StvScottish, RuleKind.StvMeek), e =>
        {
            var lot = Lot.Seeded("7");
            var decision = ChoiceElection.Decide(e.Rule, e.Options, 1_000, e.Papers.Sum(p => p.Count), e.Papers, lot);
            if (decision.Outcome is ElectionOutcome.Invalid) return true;
            var quota = decision.Quota!.Value;
            var excluded = decision.Events.Where(v => v.Kind == "exclude").Select(v => v.Candidate).ToHashSet();
            var standing = e.Options.Except(excluded).Count();
            return decision.Elected.All(c => !excluded.Contains(c)
                && (decision.Events.Any(v => v.Kind == "elect" && v.Candidate == c && v.Amount >= quota) || standing <= e.Rule.Seats));
        });

    [Fact] // Scottish: what is cut off leaves, nothing comes in; Meek rounds parts up, by no more than a millionth a paper
    public void Votes_are_handed_on_and_never_made() =>
        Holds(Elections(RuleKind.StvScottish, RuleKind.StvMeek), e =>
        {
            var decision = Decide(e);
            var valid = (Fraction)e.Papers.Where(p => !p.Choices.Contains("Abstain")).Sum(p => p.Count);
            var sums = decision.Rounds.Select(r => r.Votes.Values.Aggregate(Fraction.Zero, (a, b) => a + b)).ToList();
            return sums.TrueForAll(s => s <= valid)
                && (e.Rule.Kind is not RuleKind.StvScottish || (sums.Count > 0 && sums[0] == valid && sums.Zip(sums.Skip(1)).All(pair => pair.Second <= pair.First)));
        });

    [Fact]
    public void Nobody_is_chosen_twice_or_beyond_the_seats_or_without_a_paper() =>
        Holds(Elections(Choosing), e =>
        {
            var decision = Decide(e);
            return decision.Elected.Distinct().Count() == decision.Elected.Count
                && decision.Elected.Count <= e.Rule.Seats
                && decision.Elected.Count + decision.Vacancies == e.Rule.Seats
                && decision.Elected.All(c => e.Papers.Exists(p => p.Choices.Any(choice => choice == c || choice.StartsWith(c + "=", StringComparison.Ordinal))));
        });

    [Fact]
    public void The_order_of_projects_and_papers_never_changes_what_is_funded() =>
        Holds(from budget in Gen.Choose(0, 5_000)
              from costs in Gen.NonEmptyListOf(Gen.Choose(1, 2_000))
              let projects = costs.Take(7).Select((cost, i) => new BudgetProject($"p{i}", cost)).ToArray()
              from papers in Gen.NonEmptyListOf(Gen.SubListOf(projects.Select(p => p.Id)))
              from shuffledProjects in Gen.Shuffle(projects)
              from shuffledPapers in Gen.Shuffle(papers.Take(12).ToArray())
              from rule in Gen.Elements(Enum.GetValues<BudgetRule>())
              from completion in Gen.Elements(BudgetCompletion.None, BudgetCompletion.Greedy)
              select (budget, projects, papers: papers.Take(12).ToArray(), shuffledProjects, shuffledPapers, Options: new BudgetOptions { Rule = rule, Completion = completion }),
            x => Funded(x.budget, x.projects, x.papers, x.Options).SequenceEqual(Funded(x.budget, x.shuffledProjects, x.shuffledPapers, x.Options)));

    [Fact]
    public void Majorities_hold_for_numbers_of_any_size() =>
        Holds(from numerator in Gen.Choose(0, 1_000_000)
              from denominator in Gen.Choose(Math.Max(1, numerator), 1_000_000)
              from strict in Gen.Elements(true, false)
              from part in Gen.Elements(0L, 1L, int.MaxValue, long.MaxValue / 3, (long.MaxValue / 2) + 1, long.MaxValue - 1, long.MaxValue)
              from whole in Gen.Elements(0L, 1L, int.MaxValue, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue)
              select (Line: new Threshold(numerator, denominator, strict), part, whole),
            x =>
            {
                var (left, right) = ((BigInteger)x.Line.Denominator * x.part, (BigInteger)x.Line.Numerator * x.whole);
                var expected = x.whole > 0 && (x.Line.Strict ? left > right : left >= right);
                var test = RuleTest.Of("threshold", Measure.Votes, x.part, x.whole, x.Line);
                return x.Line.IsMet(x.part, x.whole) == expected && test.IsMet == expected && test.Arithmetic.Length > 0;
            });

    [Fact]
    public void The_largest_roll_is_decided_and_a_larger_one_refused()
    {
        const long Half = long.MaxValue / 2;
        var roll = new OwnersRoll([new("a", Half, []), new("b", Half, [])]);
        Assert.True(OwnersAssembly.Decide(roll, [new("a", Choice.For), new("b", Choice.For)], OwnersMatter.AlterOrRebuild).Passed);
        Assert.Throws<OverflowException>(() => new OwnersRoll([new("a", long.MaxValue, []), new("b", 1, [])]));
        Assert.Throws<ArgumentException>(() => new OwnersRoll([new("a", -1, [])]));
        Assert.Throws<ArgumentException>(() => new OwnersRoll([new("a", 1, []), new("a", 1, [])]));
    }

    /// <summary>A paper that likes one option a little more: marked, one point or one place higher.</summary>
    private static IReadOnlyList<string> Raised(Election election, IReadOnlyList<string> choices, string option)
    {
        var marks = choices.Where(c => c != "Abstain").ToList();
        switch (election.Rule.Kind)
        {
            case RuleKind.Plurality:
                return [option];
            case RuleKind.Approval:
                return [.. marks.Append(option).Distinct()];
            case RuleKind.Score:
                var score = marks.Select(PaperForm.Split).FirstOrDefault(c => c.Id == option).Number;
                return [.. marks.Where(c => PaperForm.Split(c).Id != option), $"{option}={Math.Min(5, 1 + (PaperForm.Number(score) ?? 0))}"];
            default:
                var tiers = marks.Select(PaperForm.Split).GroupBy(c => PaperForm.Number(c.Number)!.Value).OrderBy(g => g.Key).Select(g => g.Select(c => c.Id).ToList()).ToList();
                var at = tiers.FindIndex(t => t.Contains(option));
                if (at < 0)
                {
                    tiers.Add([option]); // before all that are not ranked
                }
                else if (tiers[at].Count > 1)
                {
                    tiers[at].Remove(option);
                    tiers.Insert(at, [option]); // before those it was equal to
                }
                else if (at > 0)
                {
                    tiers.RemoveAt(at);
                    tiers[at - 1].Add(option); // level with those that were before it
                }

                return [.. tiers.SelectMany((tier, i) => tier.Select(id => $"{id}={i + 1}"))];
        }
    }

    private static string[] Paper(BallotRule rule, string[] order, int[] scores, bool[] joins)
    {
        if (order.Length == 0) return [PaperForm.Abstain];
        if (rule.IsScored) return [.. order.Select((option, i) => $"{option}={scores[i]}")];
        if (!rule.IsRanked) return rule.Kind is RuleKind.Plurality ? order[..1] : rule.Kind is RuleKind.Limited ? order[..Math.Min(order.Length, rule.Seats)] : order;
        var place = 0;
        return [.. order.Select((option, i) => $"{option}={(i > 0 && joins[i] && rule.MayTie ? place : ++place)}")];
    }

    private static ChoicePapers Ranked(long count, params string[] order) => new([.. order.Select((o, i) => $"{o}={i + 1}")], count);

    private static IEnumerable<string> Chosen(Election election) => Decide(election).Elected.Order(StringComparer.Ordinal);

    private static ChoiceDecision Decide(Election e) => ChoiceElection.Decide(e.Rule, e.Options, 1_000, e.Papers.Sum(p => p.Count), e.Papers, Lot.Seeded("7"));

    private static IEnumerable<string> Funded(long budget, BudgetProject[] projects, IEnumerable<IEnumerable<string>> papers, BudgetOptions options) =>
        ParticipatoryBudget.Decide(budget, projects, [.. papers.Select(p => BudgetPaper.Approve(p))], options).Funded.Select(f => f.Id).Order(StringComparer.Ordinal);

    private static void Holds<T>(Gen<T> values, Func<T, bool> property)
    {
        for (var run = 0; run < 3; run++) Prop.ForAll(values.ToArbitrary(), property).QuickCheckThrowOnFailure();
    }
}
