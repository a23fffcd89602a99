using Deliberation.Domain.Laws;

namespace Deliberation.Domain.Ballots;

/// <summary>Votes of one candidate (候选人); write-ins count.</summary>
public sealed record CandidateVotes(string Id, long Votes);

/// <summary>The closing figures of an election. A paper with more names than seats is spoilt; fewer is fine.</summary>
/// <param name="Registered">On the roll (登记参加选举的村民).</param>
/// <param name="Issued">Papers handed out.</param>
/// <param name="Returned">Papers in the boxes, spoilt ones included: they stay in the base.</param>
/// <param name="Seats">1 or more.</param>
public sealed record ElectionCount(
    long Registered, long Issued, long Returned, long Spoilt, int Seats, IReadOnlyList<CandidateVotes> Votes);

/// <summary>Settings of an election.</summary>
public sealed record ElectionOptions
{
    public LawProfile Law { get; init; } = LawProfiles.VillagersCommittee2026;

    /// <summary>Seats kept for a group, for example a woman member; 0 = none.</summary>
    public int ReservedSeats { get; init; }

    /// <summary>Candidates who may fill a reserved seat.</summary>
    public IReadOnlySet<string> MayFillReserved { get; init; } = new HashSet<string>();

    /// <summary>Pairs of close relatives who may not sit together; more votes stays (回避).</summary>
    public IReadOnlyList<(string A, string B)> Kin { get; init; } = [];

    /// <summary>Who sits already, in a higher office or by an earlier round: a close relative of theirs is not elected.</summary>
    public IReadOnlySet<string> Seated { get; init; } = new HashSet<string>();

    /// <summary>Draws lots for a tie that crosses the last seat; null = the tied meet in a run-off (default).</summary>
    public Lot? Lot { get; init; }
}

/// <summary>The result of an election.</summary>
public sealed record ElectionDecision
{
    public required ElectionOutcome Outcome { get; init; }

    /// <summary>Most votes first.</summary>
    public required IReadOnlyList<string> Elected { get; init; }

    /// <summary>The tied who face each other for the remaining seats; empty when no tie crosses the last seat.</summary>
    public required IReadOnlyList<string> Runoff { get; init; }

    /// <summary>Ties drawn by lot; empty when none was.</summary>
    public IReadOnlyList<CountTie> Ties { get; init; } = [];

    /// <summary>Open seats, those of the run-off included.</summary>
    public required int Vacancies { get; init; }

    /// <summary>The best not elected, one more than open seats; empty when a run-off comes first or no seat is open.</summary>
    public required IReadOnlyList<string> SupplementaryCandidates { get; init; }

    public required Explanation Explanation { get; init; }

    public bool IsValid => Outcome is not ElectionOutcome.Invalid;
}

/// <summary>
/// Office elections by double majority (双过半): more than half of the registered return a paper, and the elected have more than half
/// of the papers returned.
/// </summary>
/// <remarks>Villagers' Committee Law (2018) arts. 13 to 16.</remarks>
public static class OfficeElection
{
    /// <summary>The first round.</summary>
    public static ElectionDecision Decide(ElectionCount count, ElectionOptions? options = null)
    {
        options ??= new();
        RuleTest[] validity =
        [
            RuleTest.Of("turnout", Measure.Papers, count.Returned, count.Registered, Threshold.MoreThanHalf),
            RuleTest.AtMost("papers", Measure.Papers, count.Returned, count.Issued),
        ];
        return Count("OfficeElection", count, Threshold.MoreThanHalf, validity, options);
    }

    /// <summary>A supplementary election (另行选举): highest wins with at least a third of the papers returned.</summary>
    public static ElectionDecision DecideSupplementary(ElectionCount count, ElectionOptions? options = null) =>
        Count("SupplementaryElection", count, Threshold.OneThird, PapersOnly(count), options ?? new());

    /// <summary>A run-off among the tied only (再次投票): highest wins.</summary>
    public static ElectionDecision DecideRunoff(ElectionCount count, ElectionOptions? options = null) =>
        Count("RunoffElection", count, new(0, 1, true), PapersOnly(count), options ?? new());

    /// <summary>Recall (罢免): turnout and majority as in an election.</summary>
    /// <remarks>Villagers' Committee Law (2018) art. 16. The request needs a fifth of voters or a third of representatives, before.</remarks>
    public static MajorityDecision DecideRecall(long registered, long issued, long returned, long inFavour, LawProfile? law = null)
    {
        law ??= LawProfiles.VillagersCommittee2026;
        RuleTest[] tests =
        [
            RuleTest.Of("turnout", Measure.Papers, returned, registered, Threshold.MoreThanHalf),
            RuleTest.AtMost("papers", Measure.Papers, returned, issued),
            RuleTest.Of("threshold", Measure.Papers, inFavour, returned, Threshold.MoreThanHalf),
        ];
        var outcome = !tests[0].IsMet ? BallotOutcome.Inquorate
            : !tests[1].IsMet ? BallotOutcome.Voided
            : tests[2].IsMet ? BallotOutcome.Passed
            : BallotOutcome.Rejected;
        return new(outcome, new(inFavour, 0, 0, 0, registered), new("Recall", law.Id, law.ArticlesOf("Recall"), tests, []));
    }

    /// <summary>Whether a recall is put to the vote: a fifth of the voters or a third of the representatives ask for it.</summary>
    public static bool MayRecall(long votersAsking, long voters, long representativesAsking = 0, long representatives = 0) =>
        new Threshold(1, 5, false).IsMet(votersAsking, voters) || Threshold.OneThird.IsMet(representativesAsking, representatives);

    private static RuleTest[] PapersOnly(ElectionCount count) =>
        [RuleTest.AtMost("papers", Measure.Papers, count.Returned, count.Issued)];

    private static ElectionDecision Count(
        string rule, ElectionCount count, Threshold line, RuleTest[] validity, ElectionOptions options)
    {
        var ranked = count.Votes.OrderByDescending(c => c.Votes).ToList(); // stable: the paper's order among equals
        var perCandidate = ranked.Select(c => RuleTest.Of("threshold", Measure.Votes, c.Votes, count.Returned, line, c.Id));
        var explanation = new Explanation(
            rule, options.Law.Id, options.Law.ArticlesOf(rule), [.. validity, .. perCandidate], []);
        if (!validity.All(t => t.IsMet)) return Decision(ElectionOutcome.Invalid, [], [], count.Seats, [], explanation);

        var (elected, runoff, ties) = SeatWithoutKin([.. ranked.Where(c => line.IsMet(c.Votes, count.Returned))], count.Seats, options);
        var vacancies = count.Seats - elected.Count;
        var outcome = vacancies == 0 ? ElectionOutcome.Filled
            : runoff.Count > 0 ? ElectionOutcome.Runoff
            : ElectionOutcome.PartlyFilled;
        var next = outcome is ElectionOutcome.PartlyFilled
            ? ranked.Where(c => !elected.Contains(c.Id) && !IsKinOf(c.Id, options.Seated.Concat(elected), options)).Take(vacancies + 1).Select(c => c.Id).ToList()
            : [];
        return Decision(outcome, elected, runoff, vacancies, next, explanation) with { Ties = ties };
    }

    /// <summary>
    /// The bar strikes only where both relatives would sit: then the one with fewer votes goes (among equals the one further down
    /// the paper), and the seats are filled anew.
    /// </summary>
    private static Seats SeatWithoutKin(List<CandidateVotes> qualified, int seats, ElectionOptions options)
    {
        qualified.RemoveAll(c => IsKinOf(c.Id, options.Seated, options));
        while (true)
        {
            var seated = Seat(qualified, seats, options);
            List<string> close = [.. seated.Elected, .. seated.Runoff];
            // From the last one up: whoever stands below a relative who is elected.
            var struck = qualified.FindLast(c => close.Contains(c.Id)
                && IsKinOf(c.Id, seated.Elected.Where(e => qualified.FindIndex(q => q.Id == e) < qualified.FindIndex(q => q.Id == c.Id)), options));
            if (struck is null) return seated;
            qualified.Remove(struck);
        }
    }

    private static bool IsKinOf(string id, IEnumerable<string> others, ElectionOptions options) =>
        others.Any(other => options.Kin.Contains((id, other)) || options.Kin.Contains((other, id)));

    private static Seats Seat(List<CandidateVotes> qualified, int seats, ElectionOptions options)
    {
        if (options.ReservedSeats == 0) return Fill(qualified, seats, options.Lot);

        // Reserved seats first, by votes among those who may fill them; an unfilled one stays open for the supplementary election.
        var reserved = Fill([.. qualified.Where(c => options.MayFillReserved.Contains(c.Id))], options.ReservedSeats, options.Lot);
        var votes = qualified.ToDictionary(c => c.Id, c => c.Votes, StringComparer.Ordinal);
        var open = seats - options.ReservedSeats;
        var others = qualified.FindAll(c => !reserved.Elected.Contains(c.Id));
        if (reserved.Runoff.Count == 0)
        {
            var rest = Fill(others, open, options.Lot);
            return new([.. reserved.Elected.Concat(rest.Elected).OrderByDescending(id => votes[id])], rest.Runoff, [.. reserved.Ties, .. rest.Ties]);
        }

        // Those who share the last reserved seat may all get in by their votes; else they meet again, and only who has more is sure of an open seat.
        var kept = options.ReservedSeats - reserved.Elected.Count;
        var all = Fill(others, open + kept, null);
        if (reserved.Runoff.All(all.Elected.Contains))
            return new([.. reserved.Elected.Concat(all.Elected).OrderByDescending(id => votes[id])], all.Runoff, []);
        var last = votes[reserved.Runoff[0]];
        var sure = others.Where(c => c.Votes > last).Take(open).Select(c => c.Id);
        return new([.. reserved.Elected.Concat(sure).OrderByDescending(id => votes[id])], reserved.Runoff, []);
    }

    /// <summary>Highest first; a tie that crosses the last seat fills none of the tied places, unless lots are drawn.</summary>
    private static Seats Fill(List<CandidateVotes> ranked, int seats, Lot? lot)
    {
        if (ranked.Count <= seats) return new([.. ranked.Select(c => c.Id)], [], []);
        if (seats == 0) return new([], [], []);
        var last = ranked[seats - 1].Votes;
        if (ranked[seats].Votes < last) return new([.. ranked.Take(seats).Select(c => c.Id)], [], []);

        List<string> elected = [.. ranked.Where(c => c.Votes > last).Select(c => c.Id)];
        List<string> tied = [.. ranked.Where(c => c.Votes == last).Select(c => c.Id)];
        if (lot is null) return new(elected, tied, []);
        List<string> drawn = [.. lot.Draw(tied).Take(seats - elected.Count)];
        return new([.. elected, .. drawn], [], [new("seats", tied, string.Join(", ", drawn), true)]);
    }

    /// <summary>Who sits, and who shares a place that is still open.</summary>
    private sealed record Seats(List<string> Elected, List<string> Runoff, List<CountTie> Ties);

    private static ElectionDecision Decision(
        ElectionOutcome outcome, List<string> elected, List<string> runoff, int vacancies, List<string> next, Explanation explanation) => new()
        {
            Outcome = outcome,
            Elected = elected,
            Runoff = runoff,
            Vacancies = vacancies,
            SupplementaryCandidates = next,
            Explanation = explanation,
        };
}
