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
}

/// <summary>The result of an election.</summary>
public sealed record ElectionDecision
{
    public required ElectionOutcome Outcome { get; init; }

    /// <summary>Most votes first.</summary>
    public required IReadOnlyList<string> Elected { get; init; }

    /// <summary>The tied who face each other for the remaining seats; empty when no tie crosses the last seat.</summary>
    public required IReadOnlyList<string> Runoff { get; init; }

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

        var qualified = WithoutKin(ranked.Where(c => line.IsMet(c.Votes, count.Returned)), options.Kin);
        var (elected, runoff) = Seat(qualified, count.Seats, options);
        var vacancies = count.Seats - elected.Count;
        var outcome = vacancies == 0 ? ElectionOutcome.Filled
            : runoff.Count > 0 ? ElectionOutcome.Runoff
            : ElectionOutcome.PartlyFilled;
        var next = outcome is ElectionOutcome.PartlyFilled
            ? ranked.Where(c => !elected.Contains(c.Id)).Take(vacancies + 1).Select(c => c.Id).ToList()
            : [];
        return Decision(outcome, elected, runoff, vacancies, next, explanation);
    }

    private static (List<string> Elected, List<string> Runoff) Seat(List<CandidateVotes> qualified, int seats, ElectionOptions options)
    {
        if (options.ReservedSeats == 0) return Fill(qualified, seats);

        // Reserved seats first, by votes among those who may fill them; an unfilled one stays open for the supplementary election.
        var (reserved, tied) = Fill([.. qualified.Where(c => options.MayFillReserved.Contains(c.Id))], options.ReservedSeats);
        if (tied.Count > 0) return (reserved, tied);
        var (open, tiedOpen) = Fill([.. qualified.Where(c => !reserved.Contains(c.Id))], seats - options.ReservedSeats);
        var votes = qualified.ToDictionary(c => c.Id, c => c.Votes, StringComparer.Ordinal);
        return ([.. reserved.Concat(open).OrderByDescending(id => votes[id])], tiedOpen);
    }

    /// <summary>Highest first; a tie that crosses the last seat fills none of the tied places.</summary>
    private static (List<string> Elected, List<string> Runoff) Fill(List<CandidateVotes> ranked, int seats)
    {
        if (ranked.Count <= seats) return ([.. ranked.Select(c => c.Id)], []);
        if (seats == 0) return ([], []);
        var last = ranked[seats - 1].Votes;
        if (ranked[seats].Votes < last) return ([.. ranked.Take(seats).Select(c => c.Id)], []);
        return ([.. ranked.Where(c => c.Votes > last).Select(c => c.Id)], [.. ranked.Where(c => c.Votes == last).Select(c => c.Id)]);
    }

    /// <summary>Of two relatives the one with more votes stays; among equals the one who stands first on the paper.</summary>
    private static List<CandidateVotes> WithoutKin(IEnumerable<CandidateVotes> ranked, IReadOnlyList<(string A, string B)> kin)
    {
        var kept = new List<CandidateVotes>();
        foreach (var candidate in ranked)
            if (!kept.Exists(k => kin.Contains((k.Id, candidate.Id)) || kin.Contains((candidate.Id, k.Id)))) kept.Add(candidate);
        return kept;
    }

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
