using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>Ballots among options as they are cast: every rule's figures, ties and empty or degenerate elections.</summary>
public sealed class ChoiceElectionTests
{
    private static readonly string[] Sites = ["North", "Centre", "Canal", "South"];

    public static TheoryData<RuleKind> Rules => new(Enum.GetValues<RuleKind>().Where(kind => new BallotRule { Kind = kind }.IsChoice));

    [Theory] // domain.md 3.7: four rules, three winners
    [InlineData("Plurality", "North")]
    [InlineData("Borda", "Centre")]
    [InlineData("Condorcet", "Centre")]
    [InlineData("Schulze", "Centre")]
    [InlineData("InstantRunoff", "South")]
    public void Four_sites_win_by_four_rules(string rule, string winner)
    {
        List<ChoicePapers> papers =
        [
            Ranked(42, "North", "Centre", "Canal", "South"), Ranked(26, "Centre", "Canal", "South", "North"),
            Ranked(15, "Canal", "South", "Centre", "North"), Ranked(17, "South", "Canal", "Centre", "North"),
        ];
        if (rule == "Plurality") papers = papers.ConvertAll(p => new ChoicePapers([PaperForm.Split(p.Choices[0]).Id], p.Count));
        var decision = Decide(Rule(rule), Sites, papers);
        Assert.Equal([winner], decision.Elected);
        Assert.Equal(ElectionOutcome.Filled, decision.Outcome);
    }

    [Fact]
    public void Scores_and_the_star_final_are_those_of_the_worked_example()
    {
        List<ChoicePapers> papers =
        [
            new(["North=5", "Centre=2", "Canal=1"], 42), new(["Centre=5", "Canal=3", "South=2"], 26),
            new(["Centre=2", "Canal=5", "South=3"], 15), new(["Centre=1", "Canal=3", "South=5"], 17),
        ];
        Assert.Equal([210, 261, 246, 182], Sites.Select(s => (int)Decide(Rule("Score"), Sites, papers).Figures[s].Numerator));
        var star = Decide(Rule("Star"), Sites, papers);
        Assert.Equal([("Centre", 68L), ("Canal", 32L)], star.Final);
        Assert.Equal(["Centre"], star.Elected);
    }

    [Fact]
    public void Transferable_votes_fill_three_seats_with_their_stages()
    {
        List<ChoicePapers> papers =
        [
            Ranked(16, "A", "B"), Ranked(24, "A", "C"), Ranked(17, "D", "C"), Ranked(13, "E", "D"), Ranked(8, "B", "C"), Ranked(22, "C", "B"),
        ];
        var scottish = Decide(Rule("StvScottish", 3), ["A", "B", "C", "D", "E"], papers);
        Assert.Equal((26m, "A C D"), (scottish.Quota, string.Join(' ', scottish.Elected.Order())));
        Assert.Contains(new StvEvent("surplus", "A", 14m), scottish.Events);
        Assert.Equal(new Fraction(136, 10), scottish.Rounds[1].Votes["B"]); // 8 and 16 papers at 0.35
        Assert.Equal("A C D", string.Join(' ', Decide(Rule("StvMeek", 3), ["A", "B", "C", "D", "E"], papers).Elected.Order()));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Nobody_takes_part(RuleKind kind)
    {
        var decision = ChoiceElection.Decide(new BallotRule { Kind = kind }, ["a", "b"], 10, 0, [], Lot.Seeded("s"));
        Assert.Equal(ElectionOutcome.Invalid, decision.Outcome);
        Assert.Equal(("turnout", 1), (decision.Explanation.FirstFailed!.Code, decision.Vacancies));
        Assert.Empty(decision.Elected);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Everybody_abstains(RuleKind kind)
    {
        var decision = ChoiceElection.Decide(new BallotRule { Kind = kind }, ["a", "b"], 10, 5, [new(["Abstain"], 5)], Lot.Seeded("s"));
        Assert.Equal((ElectionOutcome.PartlyFilled, 0, 1), (decision.Outcome, decision.Elected.Count, decision.Vacancies));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_paper_is_spoilt(RuleKind kind)
    {
        var decision = ChoiceElection.Decide(new BallotRule { Kind = kind }, ["a", "b"], 10, 5, [], Lot.Seeded("s"));
        Assert.Equal((ElectionOutcome.PartlyFilled, 0), (decision.Outcome, decision.Elected.Count));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Without_options_nobody_is_chosen(RuleKind kind) =>
        Assert.Empty(ChoiceElection.Decide(new BallotRule { Kind = kind }, [], 10, 5, [new(["Abstain"], 5)], Lot.Seeded("s")).Elected);

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_only_option_is_chosen_when_somebody_names_it(RuleKind kind)
    {
        var decision = Decide(new BallotRule { Kind = kind }, ["a"], [Paper(kind, 1, "a"), new(["Abstain"], 4)]);
        Assert.Equal(["a"], decision.Elected);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void More_seats_than_options_leave_seats_open_and_nobody_unnamed_sits(RuleKind kind)
    {
        if (kind is RuleKind.Star or RuleKind.Condorcet or RuleKind.InstantRunoff) return; // choose one
        var decision = Decide(new BallotRule { Kind = kind, Seats = 5 }, ["a", "b", "c"], [Paper(kind, 2, "a"), Paper(kind, 1, "b")]);
        Assert.Equal(["a", "b"], decision.Elected.Order());
        Assert.Equal((ElectionOutcome.PartlyFilled, 3), (decision.Outcome, decision.Vacancies));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_tie_of_two_is_drawn_by_the_lot_and_anybody_can_draw_it_again(RuleKind kind)
    {
        foreach (var seed in new[] { "7", "42", "a1b2", "2026-03-01" })
        {
            var decision = ChoiceElection.Decide(
                new BallotRule { Kind = kind }, ["a", "b"], 10, 2, [Paper(kind, 1, "a"), Paper(kind, 1, "b")], Lot.Seeded(seed));
            var first = string.CompareOrdinal(Lot.KeyOf(seed, "a"), Lot.KeyOf(seed, "b")) < 0 ? "a" : "b";
            // Who is drawn first gets the place; where the rule excludes, who is drawn first leaves.
            var excludes = kind is RuleKind.InstantRunoff or RuleKind.StvScottish or RuleKind.StvMeek;
            Assert.Equal([excludes ? first == "a" ? "b" : "a" : first], decision.Elected);
            Assert.True(Assert.Single(decision.Ties).ByLot);
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_tie_goes_to_the_earlier_proposal_where_the_rule_says_so(RuleKind kind)
    {
        var rule = new BallotRule { Kind = kind, TieBreak = TieBreak.EarlierProposal };
        Assert.Equal(["z"], Decide(rule, ["z", "b"], [Paper(kind, 1, "z"), Paper(kind, 1, "b")]).Elected);
        Assert.Equal(["b"], Decide(rule, ["b", "z"], [Paper(kind, 1, "z"), Paper(kind, 1, "b")]).Elected);
    }

    [Fact]
    public void A_tie_may_lead_to_a_run_off_or_seat_all()
    {
        List<ChoicePapers> papers = [new(["a"], 5), new(["b"], 3), new(["c"], 3)];
        var runoff = Decide(new BallotRule { Kind = RuleKind.Plurality, Seats = 2, TieBreak = TieBreak.Runoff }, ["a", "b", "c"], papers);
        Assert.Equal((ElectionOutcome.Runoff, "a", "b c", 1), (runoff.Outcome, string.Join(' ', runoff.Elected), string.Join(' ', runoff.Runoff), runoff.Vacancies));
        var all = Decide(new BallotRule { Kind = RuleKind.Plurality, Seats = 2, TieBreak = TieBreak.All }, ["a", "b", "c"], papers);
        Assert.Equal((ElectionOutcome.Filled, "a b c"), (all.Outcome, string.Join(' ', all.Elected)));
    }

    [Theory]
    [InlineData(49, ElectionOutcome.Invalid)]
    [InlineData(50, ElectionOutcome.Filled)]
    public void The_turnout_is_tested_first(long returned, ElectionOutcome outcome) =>
        Assert.Equal(outcome, ChoiceElection.Decide(
            new BallotRule { Kind = RuleKind.Schulze, MinTurnout = Threshold.AtLeastHalf }, ["a", "b"], 100, returned, [new(["a=1"], returned)], Lot.Seeded("s")).Outcome);

    [Theory]
    [InlineData(49, 0)]
    [InlineData(50, 1)]
    public void An_approval_may_need_a_share_of_the_papers_cast(int approvals, int elected)
    {
        var rule = new BallotRule { Kind = RuleKind.Approval, Seats = 2, MinApproval = Threshold.AtLeastHalf };
        var decision = Decide(rule, ["a", "b"], [new(["a"], approvals), new(["b"], 10), new(["Abstain"], 90 - approvals)]);
        Assert.Equal(elected, decision.Elected.Count);
    }

    [Fact]
    public void Without_a_condorcet_winner_the_fallback_decides()
    {
        List<ChoicePapers> cycle = [Ranked(4, "A", "B", "C"), Ranked(3, "B", "C", "A"), Ranked(2, "C", "A", "B")];
        Assert.Equal(["A"], Decide(new BallotRule { Kind = RuleKind.Condorcet }, ["A", "B", "C"], cycle).Elected);
        var none = Decide(new BallotRule { Kind = RuleKind.Condorcet, WithoutWinner = CondorcetFallback.None }, ["A", "B", "C"], cycle);
        Assert.Equal((ElectionOutcome.PartlyFilled, 0), (none.Outcome, none.Elected.Count));
        Assert.Equal(6, none.Pairs[0][1]);
    }

    [Fact]
    public void Borda_counts_unranked_options_as_the_rule_says()
    {
        List<ChoicePapers> papers = [new(["A=1"], 3), new(["B=1", "C=2"], 2), new(["C=1", "B=2", "A=3"], 1)];
        Assert.Equal(["B"], Decide(Rule("Borda"), ["A", "B", "C"], papers).Elected);
        Assert.Equal(["A"], Decide(new BallotRule { Kind = RuleKind.Borda, Unranked = UnrankedPoints.Zero }, ["A", "B", "C"], papers).Elected);
    }

    [Fact]
    public void A_seed_is_bound_by_its_hash() =>
        Assert.Equal("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Lot.Commit("test")); // printf test | sha256sum

    [Fact]
    public void Relatives_bar_each_other_only_where_both_would_sit()
    {
        // W (for the reserved seat) is A's relative; A has more votes but no open seat, so W sits.
        var options = new ElectionOptions { ReservedSeats = 1, MayFillReserved = new HashSet<string> { "W" }, Kin = [("A", "W")] };
        Assert.Equal(["W"], OfficeElection.Decide(new(100, 90, 80, 0, 1, [new("A", 70), new("W", 60)]), options).Elected);
        Assert.Equal(["A", "B"], OfficeElection.Decide(new(100, 90, 80, 0, 3, [new("A", 70), new("W", 60), new("B", 50)]), options).Elected);
    }

    [Fact]
    public void A_relative_of_who_sits_already_is_not_elected()
    {
        var options = new ElectionOptions { Seated = new HashSet<string> { "Chair" }, Kin = [("Chair", "A")] };
        var decision = OfficeElection.Decide(new(100, 90, 80, 0, 1, [new("A", 70), new("B", 60)]), options);
        Assert.Equal(["B"], decision.Elected);
    }

    [Fact]
    public void A_tied_relative_of_the_elected_does_not_meet_in_the_run_off()
    {
        var decision = OfficeElection.Decide(
            new(100, 90, 80, 0, 2, [new("A", 70), new("B", 50), new("C", 50), new("D", 50)]), new() { Kin = [("A", "C")] });
        Assert.Equal((ElectionOutcome.Runoff, "B D"), (decision.Outcome, string.Join(' ', decision.Runoff)));
    }

    [Fact]
    public void A_tie_for_the_reserved_seat_leaves_the_clear_winners_their_seats()
    {
        var options = new ElectionOptions { ReservedSeats = 1, MayFillReserved = new HashSet<string> { "V", "W" } };
        var decision = OfficeElection.Decide(new(100, 90, 80, 0, 2, [new("A", 70), new("V", 50), new("W", 50)]), options);
        Assert.Equal((ElectionOutcome.Runoff, "A", "V W", 1), (decision.Outcome, string.Join(' ', decision.Elected), string.Join(' ', decision.Runoff), decision.Vacancies));
        // Both get in by their votes: nobody has to meet again.
        Assert.Equal(["V", "W"], OfficeElection.Decide(new(100, 90, 80, 0, 2, [new("V", 70), new("W", 70), new("A", 50)]), options).Elected.Order());
    }

    [Fact]
    public void A_tie_for_an_office_may_be_drawn_by_lot()
    {
        var decision = OfficeElection.Decide(new(100, 90, 80, 0, 1, [new("A", 50), new("B", 50)]), new() { Lot = Lot.Seeded("7") });
        Assert.Equal([Lot.Seeded("7").First(["A", "B"])], decision.Elected);
        Assert.True(Assert.Single(decision.Ties).ByLot);
    }

    [Fact]
    public void Co_owned_units_may_count_one_by_one()
    {
        ExclusiveUnit[] units = [new("1", UnitKind.Residential, 100, ["A", "B"]), new("2", UnitKind.Residential, 100, ["B", "A"]), new("3", UnitKind.Residential, 100, ["A"]), new("4", UnitKind.Shop, 100, ["A"])];
        Assert.Equal(2, OwnersRoll.Build(units).Persons);
        var byUnit = OwnersRoll.Build(units, coOwners: CoOwnerCounting.ByUnit);
        Assert.Equal((3, 400), (byUnit.Persons, byUnit.AreaHundredths));
    }

    private static ChoicePapers Paper(RuleKind kind, long count, string option) =>
        new([new BallotRule { Kind = kind } switch { { IsScored: true } => option + "=5", { IsRanked: true } => option + "=1", _ => option }], count);

    private static ChoicePapers Ranked(long count, params string[] order) => new([.. order.Select((o, i) => $"{o}={i + 1}")], count);

    private static ChoiceDecision Decide(BallotRule rule, string[] options, List<ChoicePapers> papers) =>
        ChoiceElection.Decide(rule, options, 1_000, papers.Sum(p => p.Count), papers, Lot.Seeded("7"));

    private static BallotRule Rule(string name, int seats = 1) => BallotRule.Read(new JsonObject { ["rule"] = name, ["seats"] = seats });
}
