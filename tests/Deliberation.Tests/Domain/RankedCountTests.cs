using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>Ranked and scored counts: ties, blanks, equal ranks.</summary>
public sealed class RankedCountTests
{
    private static readonly string[] Abc = ["A", "B", "C"];

    [Fact]
    public void A_repeated_option_keeps_its_first_place_and_a_gap_closes_up() =>
        Assert.Equal([[0], [1]], RankedPaper.Of(1, [[0], [0], [], [1, 0]]).Tiers);

    [Fact]
    public void Equal_leaders_are_all_shown_and_none_is_the_winner()
    {
        var count = Plurality.Decide(Papers((2, "A"), (2, "B")));
        Assert.Null(count.Order.Winner);
        Assert.Equal(["A", "B"], count.Order.Winners);
        Assert.Equal((0, 2), (count.Order.Seat(1).Elected.Count, count.Order.Seat(1).Tied.Count));
    }

    [Fact]
    public void A_paper_with_all_or_no_options_moves_nothing_in_approval() =>
        Assert.Equal(["B"], Approval.Decide(Papers((2, "B"), (1, "A"), (5, "ABC"), (5, ""))).Order.Winners);

    [Fact]
    public void More_marks_than_seats_are_not_counted() =>
        Assert.Equal([2, 2, 0], Limited.Decide(Papers((2, "ABC")), 2).Totals.Values.Select(v => (int)v.Numerator));

    [Theory]
    [InlineData(5, 5, false)]
    [InlineData(6, 5, true)]
    public void More_than_half_of_first_preferences_is_a_majority(int a, int b, bool won) =>
        Assert.Equal(won, Plurality.DecideByShare(Papers((a, "A"), (b, "B")), Threshold.MoreThanHalf).Winner == "A");

    [Fact]
    public void Two_thirds_exactly_are_two_thirds() =>
        Assert.Equal("A", Plurality.DecideByShare(Papers((4, "A"), (2, "B")), Threshold.TwoThirds).Winner);

    [Fact]
    public void A_circle_has_no_condorcet_winner_and_no_loser()
    {
        var count = Condorcet.Decide(Papers((1, "ABC"), (1, "BCA"), (1, "CAB")));
        Assert.Equal((null, null), (count.Winner, count.Loser));
        Assert.Equal(["A", "B", "C"], Schulze.Decide(Papers((1, "ABC"), (1, "BCA"), (1, "CAB"))).Order.Winners);
    }

    [Fact]
    public void In_an_instant_run_off_half_is_not_enough_and_the_earlier_round_breaks_the_tie()
    {
        var count = InstantRunoff.Decide(Papers((4, "A"), (3, "B"), (1, "CB")), Lot.InOrder(Abc));
        // 4 of 8 elect nobody; C leaves; 4–4: B had fewer in round one, so B leaves.
        Assert.Equal(["C", "B", null], count.Rounds.Select(r => r.Dropped));
        Assert.Equal("A", count.Winner);
        Assert.Equal(("B", false), (count.Ties[0].Chosen, count.Ties[0].ByLot));
    }

    [Fact]
    public void Papers_without_a_continuing_option_are_exhausted_and_leave_the_base()
    {
        var count = InstantRunoff.Decide(Papers((4, "A"), (3, "B"), (2, "C")), Lot.InOrder(Abc));
        Assert.Equal("A", count.Winner);
        Assert.Equal((Fraction)2, count.Rounds[^1].Exhausted);
    }

    [Fact]
    public void Nobody_wins_when_no_paper_names_anybody() =>
        Assert.Null(InstantRunoff.Decide(Papers((3, "")), Lot.InOrder(Abc)).Winner);

    [Fact]
    public void A_tie_in_the_final_goes_to_the_higher_total_then_to_more_top_scores()
    {
        var byTotal = Star.Decide(["A", "B"], [new(1, [5, 0]), new(1, [3, 4])]);
        Assert.Equal("A", byTotal.Winner);
        var byTop = Star.Decide(["A", "B"], [new(1, [5, 1]), new(1, [0, 4])]);
        Assert.Equal("A", byTop.Winner);
        Assert.False(byTop.Ties[0].ByLot);
    }

    [Fact]
    public void A_star_tie_that_only_a_lot_breaks_stands_without_one()
    {
        List<ScorePaper> papers = [new(1, [5, 1]), new(1, [1, 5])];
        Assert.Null(Star.Decide(["A", "B"], papers).Winner);
        Assert.Equal("B", Star.Decide(["A", "B"], papers, 5, Lot.InOrder(["B", "A"])).Winner);
    }

    [Fact]
    public void A_lot_is_the_order_of_hashes_and_repeats()
    {
        var drawn = Lot.Seeded("17 04 33").Draw(["c", "a", "b"]);
        Assert.Equal(drawn, Lot.Seeded("17 04 33").Draw(["a", "b", "c"]));
        var expected = new[] { "a", "b", "c" }.OrderBy(
            id => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"17 04 33|{id}"))), StringComparer.Ordinal);
        Assert.Equal(expected, drawn);
    }

    [Fact]
    public void Transferable_votes_refuse_equal_ranks() =>
        Assert.Throws<ArgumentException>(() => StvMeek.Decide(new(Abc, [RankedPaper.Of(1, [[0, 1]])]), 1, Lot.InOrder(Abc)));

    [Fact]
    public void A_withdrawn_candidate_is_never_seated()
    {
        RankedPapers papers = new(Abc, [RankedPaper.Strict(9, 0, 1), RankedPaper.Strict(1, 2)]) { Withdrawn = new HashSet<int> { 0 } };
        Assert.Equal(["B"], StvScottish.Decide(papers, 1, Lot.InOrder(Abc)).Elected);
        Assert.Equal(["B"], StvMeek.Decide(papers, 1, Lot.InOrder(Abc)).Elected);
        Assert.Equal("B", InstantRunoff.Decide(papers, Lot.InOrder(Abc)).Winner);
    }

    [Fact]
    public void As_many_candidates_as_seats_are_all_elected_without_a_transfer() =>
        Assert.Equal((3, 1), StvScottish.Decide(Papers((5, "ABC"), (1, "B")), 3, Lot.InOrder(Abc)) is var s ? (s.Elected.Count, s.Stages) : default);

    private static RankedPapers Papers(params (long Count, string Ranking)[] papers) =>
        new(Abc, [.. papers.Select(p => RankedPaper.Strict(p.Count, [.. p.Ranking.Select(c => c - 'A')]))]);
}
