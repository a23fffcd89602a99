using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>Civil Code art. 278, at its edges.</summary>
public sealed class OwnersAssemblyTests
{
    /// <summary>Twelve owners with 50.00 m² each.</summary>
    private static readonly OwnersRoll Twelve = new(Enumerable.Range(1, 12).Select(n => new OwnersRollEntry($"o{n:00}", 5000, [$"{n}"])));

    [Theory]
    [InlineData(8, 0, BallotOutcome.Passed)]
    [InlineData(7, 0, BallotOutcome.Inquorate)] // 21 < 24
    [InlineData(5, 3, BallotOutcome.Passed)]
    [InlineData(4, 4, BallotOutcome.Rejected)] // half is not more than half
    public void An_ordinary_matter_needs_two_thirds_taking_part_and_more_than_half_of_them(int inFavour, int against, BallotOutcome expected) =>
        Assert.Equal(expected, Decide(inFavour, against, 0, OwnersMatter.PropertyManager).Outcome);

    [Theory]
    [InlineData(6, 2, 0, BallotOutcome.Passed)] // exactly three quarters
    [InlineData(6, 2, 1, BallotOutcome.Rejected)] // an abstention takes part: 24 < 27
    [InlineData(5, 3, 0, BallotOutcome.Rejected)]
    public void A_special_matter_needs_three_quarters(int inFavour, int against, int abstain, BallotOutcome expected) =>
        Assert.Equal(expected, Decide(inFavour, against, abstain, OwnersMatter.RaiseMaintenanceFund).Outcome);

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(7, true)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(1, false)]
    public void Matters_six_to_eight_are_special(int matter, bool isSpecial) =>
        Assert.Equal(isSpecial, OwnersAssembly.IsSpecial((OwnersMatter)matter));

    [Fact]
    public void The_explanation_names_the_first_failed_test_and_what_was_lacking()
    {
        var failed = Decide(7, 0, 0, OwnersMatter.PropertyManager).Explanation.FirstFailed!;
        Assert.Equal(("quorum.persons", 8, 1, "7×3 < 12×2"), (failed.Code, failed.Needed, failed.Missing, failed.Arithmetic));
    }

    [Fact]
    public void The_article_names_the_matter() =>
        Assert.Equal(["278(6)", "280"], Decide(8, 0, 0, OwnersMatter.RaiseMaintenanceFund).Explanation.Articles);

    [Fact]
    public void One_person_with_a_large_area_cannot_pass_it_alone()
    {
        OwnersRoll roll = new([new("shop", 90_000, ["S"]), new("a", 100, ["1"]), new("b", 100, ["2"])]);
        var decision = OwnersAssembly.Decide(
            roll, [new("shop", Choice.For), new("a", Choice.Against), new("b", Choice.Against)], OwnersMatter.Other);
        Assert.Equal(BallotOutcome.Rejected, decision.Outcome);
        Assert.Equal("threshold.persons", decision.Explanation.FirstFailed!.Code);
    }

    [Fact]
    public void Papers_of_co_owners_that_contradict_each_other_are_set_aside_and_do_not_take_part()
    {
        var decision = OwnersAssembly.Decide(
            Twelve, [new("o01", Choice.For), new("o01", Choice.Against), new("o02", Choice.For), new("o02", Choice.For)], OwnersMatter.Other);
        Assert.Equal((1, 1L), (decision.SetAside, decision.TakingPart.Persons));
    }

    [Fact]
    public void A_replaced_paper_does_not_contradict_the_one_that_counts() =>
        Assert.Equal(1, OwnersAssembly.Decide(
            Twelve, [new("o01", null, VoteStatus.Replaced), new("o01", Choice.Against)], OwnersMatter.Other).Against.Persons);

    [Fact]
    public void Who_is_not_on_the_roll_is_set_aside() =>
        Assert.Equal((1, 0L), OwnersAssembly.Decide(Twelve, [new("tenant", Choice.For)], OwnersMatter.Other) is var d
            ? (d.SetAside, d.TakingPart.Persons) : default);

    [Fact]
    public void Nobody_follows_when_no_choice_leads_by_persons_and_area()
    {
        OwnersRoll roll = new([new("shop", 90_000, ["S"]), new("a", 100, ["1"]), new("b", 100, ["2"]), new("c", 100, ["3"])]);
        var decision = OwnersAssembly.Decide(
            roll,
            [new("shop", Choice.For), new("a", Choice.Against), new("b", Choice.Against), new("c", null, VoteStatus.NotReturned)],
            OwnersMatter.Other, new() { Unreturned = UnreturnedPolicy.FollowMajority });
        Assert.Null(decision.Majority);
        Assert.Equal(3, decision.TakingPart.Persons);
    }

    [Fact]
    public void Spoilt_papers_take_part_only_where_the_rules_say_so()
    {
        var papers = Papers(7, 0, 0).Append(new("o08", null, VoteStatus.Spoilt)).ToList();
        Assert.Equal(BallotOutcome.Inquorate, OwnersAssembly.Decide(Twelve, papers, OwnersMatter.Other).Outcome);
        Assert.Equal(BallotOutcome.Passed, OwnersAssembly.Decide(Twelve, papers, OwnersMatter.Other, new() { SpoiltTakesPart = true }).Outcome);
    }

    [Fact]
    public void An_empty_roll_decides_nothing() =>
        Assert.Equal(BallotOutcome.Inquorate, OwnersAssembly.Decide(new([]), [], OwnersMatter.Other).Outcome);

    [Fact]
    public void A_and_A_with_B_are_two_persons_and_their_order_does_not_matter() =>
        Assert.Equal(["A", "A+B"], OwnersRoll.Build(
        [
            new("1", UnitKind.Residential, 100, ["A"]), new("2", UnitKind.Residential, 100, ["A", "B"]),
            new("3", UnitKind.Residential, 100, ["B", "A"]), new("4", UnitKind.Shop, 100, ["A"]),
        ]).Entries.Select(e => e.Key));

    [Fact]
    public void Storage_and_stalls_count_like_parking() =>
        Assert.Equal((0, 3), (Side(false).Persons, Side(true).Persons));

    [Theory]
    [InlineData(3, 3, true)]
    [InlineData(3, 2, false)]
    [InlineData(0, 0, false)]
    public void Business_premises_need_every_owner_with_an_interest(int owners, int agreed, bool isMet) =>
        Assert.Equal(isMet, OwnersAssembly.ChangeOfUse(owners, agreed).FirstFailed is null);

    [Fact]
    public void The_committee_seats_those_with_the_ordinary_line_ranked_by_persons_then_area()
    {
        OwnersRoll roll = new([new("a", 100, []), new("b", 200, []), new("c", 300, [])]);
        var decision = OwnersCommitteeElection.Decide(roll, ["X", "Y", "Z"],
            [new("a", ["X", "Z"]), new("b", ["X", "Y"]), new("c", ["Z", "Y"])], 2);
        // Each has two of three persons; areas are 300, 500, 400 of 600: X does not have more than half of the area.
        Assert.Equal(["Y", "Z"], decision.Elected);
        Assert.Equal(ElectionOutcome.Filled, decision.Outcome);
    }

    [Fact]
    public void Equal_candidates_for_the_last_committee_seat_meet_again()
    {
        OwnersRoll roll = new([new("a", 100, []), new("b", 100, []), new("c", 100, [])]);
        var decision = OwnersCommitteeElection.Decide(roll, ["X", "Y"], [new("a", ["X"]), new("b", ["Y"]), new("c", ["X"])], 1);
        Assert.Equal(["X"], decision.Elected);
        var tied = OwnersCommitteeElection.Decide(roll, ["X", "Y", "Z"],
            [new("a", ["X", "Y"]), new("b", ["X", "Y"]), new("c", ["Z", "Y"]), new("c", [])], 2);
        Assert.Equal(["Y", "X"], tied.Elected);
        var runoff = OwnersCommitteeElection.Decide(roll, ["X", "Y", "Z"],
            [new("a", ["X", "Y"]), new("b", ["X", "Z"]), new("c", ["Y", "Z"])], 2);
        Assert.Equal(ElectionOutcome.Runoff, runoff.Outcome);
        Assert.Equal(["X", "Y", "Z"], runoff.Runoff.Order());
    }

    private static OwnersRoll Side(bool counts) => OwnersRoll.Build(
    [
        new("P", UnitKind.Parking, 1250, ["x"]), new("S", UnitKind.Storage, 500, ["y"]), new("M", UnitKind.Stall, 400, ["z"]),
    ], counts);

    private static OwnersDecision Decide(int inFavour, int against, int abstain, OwnersMatter matter) =>
        OwnersAssembly.Decide(Twelve, Papers(inFavour, against, abstain), matter);

    private static IEnumerable<OwnersPaper> Papers(int inFavour, int against, int abstain) =>
        Enumerable.Repeat(Choice.For, inFavour).Concat(Enumerable.Repeat(Choice.Against, against)).Concat(Enumerable.Repeat(Choice.Abstain, abstain))
            .Select((choice, i) => new OwnersPaper($"o{i + 1:00}", choice));
}
