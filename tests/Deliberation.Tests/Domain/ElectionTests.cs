using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>Office elections by double majority, at their edges.</summary>
public sealed class ElectionTests
{
    [Theory]
    [InlineData(100, ElectionOutcome.Invalid)] // half is not more than half
    [InlineData(101, ElectionOutcome.Filled)]
    public void More_than_half_of_the_registered_must_return_a_paper(int returned, ElectionOutcome expected) =>
        Assert.Equal(expected, Decide(200, 200, returned, 1, ("A", 90)).Outcome);

    [Fact]
    public void More_papers_than_issued_make_it_invalid() =>
        Assert.Equal("papers", Decide(200, 120, 121, 1, ("A", 90)).Explanation.FirstFailed!.Code);

    [Theory]
    [InlineData(70, 0)]
    [InlineData(71, 1)]
    public void More_than_half_of_the_returned_elects(int votes, int elected) =>
        Assert.Equal(elected, Decide(200, 150, 140, 1, ("A", votes)).Elected.Count);

    [Fact]
    public void A_tie_that_crosses_the_last_seat_is_run_off_among_the_tied_only()
    {
        var decision = Decide(200, 125, 121, 3, ("A", 90), ("B", 75), ("C", 61), ("D", 61), ("E", 40));
        Assert.Equal(ElectionOutcome.Runoff, decision.Outcome);
        Assert.Equal(["A", "B"], decision.Elected);
        Assert.Equal(["C", "D"], decision.Runoff);
    }

    [Fact]
    public void A_tie_within_the_seats_needs_no_run_off() =>
        Assert.Equal(["A", "B", "C"], Decide(200, 125, 121, 3, ("A", 90), ("B", 75), ("C", 75), ("D", 61)).Elected);

    [Fact]
    public void Open_seats_go_to_a_supplementary_election_with_one_candidate_more_than_seats()
    {
        var decision = Decide(200, 150, 140, 3, ("A", 120), ("B", 70), ("C", 60), ("D", 50), ("E", 10));
        Assert.Equal(ElectionOutcome.PartlyFilled, decision.Outcome);
        Assert.Equal((2, "B C D"), (decision.Vacancies, string.Join(' ', decision.SupplementaryCandidates)));
    }

    [Theory]
    [InlineData(49, 0)]
    [InlineData(50, 1)] // a third of 150 exactly
    public void A_supplementary_election_needs_a_third_of_the_papers(int votes, int elected) =>
        Assert.Equal(elected, OfficeElection.DecideSupplementary(new(200, 150, 150, 0, 1, [new("E", votes), new("G", 48)])).Elected.Count);

    [Fact]
    public void The_highest_of_a_run_off_wins_and_equals_meet_again()
    {
        Assert.Equal(["C"], OfficeElection.DecideRunoff(new(200, 100, 60, 0, 1, [new("C", 31), new("D", 29)])).Elected);
        Assert.Equal(ElectionOutcome.Runoff, OfficeElection.DecideRunoff(new(200, 100, 60, 0, 1, [new("C", 30), new("D", 30)])).Outcome);
    }

    [Fact]
    public void Of_two_relatives_the_one_with_more_votes_stays() =>
        Assert.Equal(["A", "C"], OfficeElection.Decide(
            new(100, 90, 80, 0, 2, [new("A", 70), new("B", 65), new("C", 60)]), new() { Kin = [("B", "A")] }).Elected);

    [Fact]
    public void A_reserved_seat_goes_to_the_best_of_those_who_may_fill_it()
    {
        var decision = OfficeElection.Decide(
            new(100, 90, 80, 0, 2, [new("A", 70), new("B", 65), new("W", 50)]),
            new() { ReservedSeats = 1, MayFillReserved = new HashSet<string> { "W" } });
        Assert.Equal(["A", "W"], decision.Elected);
    }

    [Fact]
    public void A_reserved_seat_nobody_may_fill_stays_open() =>
        Assert.Equal(1, OfficeElection.Decide(
            new(100, 90, 80, 0, 2, [new("A", 70), new("B", 65), new("W", 40)]),
            new() { ReservedSeats = 1, MayFillReserved = new HashSet<string> { "W" } }).Vacancies);

    [Theory]
    [InlineData(100, 51, BallotOutcome.Inquorate)]
    [InlineData(101, 50, BallotOutcome.Rejected)]
    [InlineData(101, 51, BallotOutcome.Passed)]
    [InlineData(131, 90, BallotOutcome.Voided)]
    public void A_recall_needs_turnout_and_majority(int returned, int inFavour, BallotOutcome expected) =>
        Assert.Equal(expected, OfficeElection.DecideRecall(200, 130, returned, inFavour).Outcome);

    private static ElectionDecision Decide(int registered, int issued, int returned, int seats, params (string Id, int Votes)[] votes) =>
        OfficeElection.Decide(new(registered, issued, returned, 0, seats, [.. votes.Select(v => new CandidateVotes(v.Id, v.Votes))]));
}
