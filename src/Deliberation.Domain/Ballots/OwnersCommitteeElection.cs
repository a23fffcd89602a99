namespace Deliberation.Domain.Ballots;

/// <summary>One owner's paper in the election of the owners' committee.</summary>
/// <param name="Candidates">Ids marked in favour; an empty counted paper takes part and elects nobody.</param>
public sealed record OwnersElectionPaper(string OwnerKey, IReadOnlyList<string> Candidates, VoteStatus Status = VoteStatus.Counted);

/// <summary>What one candidate got.</summary>
public sealed record OwnersCandidateCount(string Id, OwnersCount For, bool IsQualified);

/// <summary>The result: who sits, who stands by, who meets again.</summary>
/// <param name="Reserves">The next qualified, in order (候补).</param>
public sealed record OwnersElectionDecision(
    ElectionOutcome Outcome,
    OwnersCount Roll,
    OwnersCount TakingPart,
    IReadOnlyList<OwnersCandidateCount> Candidates,
    IReadOnlyList<string> Elected,
    IReadOnlyList<string> Reserves,
    IReadOnlyList<string> Runoff,
    int Vacancies,
    Explanation Explanation);

/// <summary>
/// Election of the owners' committee (业主委员会选举): each candidate needs the ordinary line; more qualified than seats rank by
/// persons, then area, then run-off.
/// </summary>
/// <remarks>Civil Code art. 278 (3).</remarks>
public static class OwnersCommitteeElection
{
    /// <param name="candidates">Ids in the order of the paper.</param>
    /// <param name="papers">The first counted paper of an owner counts; one with more names than seats is spoilt.</param>
    public static OwnersElectionDecision Decide(
        OwnersRoll roll,
        IReadOnlyList<string> candidates,
        IEnumerable<OwnersElectionPaper> papers,
        int seats,
        OwnersAssemblyOptions? options = null)
    {
        options ??= new();
        OwnersCount takingPart = default;
        var votes = candidates.ToDictionary(c => c, _ => default(OwnersCount), StringComparer.Ordinal);
        foreach (var owner in papers.GroupBy(p => p.OwnerKey, StringComparer.Ordinal))
        {
            if (roll.Find(owner.Key) is not { } entry) continue;
            var counted = owner.FirstOrDefault(p => p.Status is VoteStatus.Counted);
            var isSpoilt = counted is null ? owner.Any(p => p.Status is VoteStatus.Spoilt) : counted.Candidates.Count > seats;
            if (isSpoilt ? !options.SpoiltTakesPart : counted is null) continue;
            var weight = new OwnersCount(1, entry.AreaHundredths);
            takingPart += weight;
            if (isSpoilt) continue;
            foreach (var candidate in counted!.Candidates.Distinct(StringComparer.Ordinal).Where(votes.ContainsKey)) votes[candidate] += weight;
        }

        var total = new OwnersCount(roll.Persons, roll.AreaHundredths);
        var line = OwnersAssembly.ThresholdOf(OwnersMatter.OwnersCommittee);
        var ranked = votes
            .OrderByDescending(v => v.Value.Persons).ThenByDescending(v => v.Value.AreaHundredths)
            .Select(v => (v.Key, v.Value, Tests: OwnersAssembly.Tests(total, takingPart, v.Value, line, v.Key))).ToList();
        RuleTest[] quorum = [.. OwnersAssembly.Tests(total, takingPart, default, line).Take(2)];
        var explanation = new Explanation(
            "OwnersCommitteeElection", options.Law.Id, options.Law.ArticlesOf("OwnersCommitteeElection"),
            [.. quorum, .. ranked.SelectMany(c => c.Tests.Skip(2))], []);
        var counts = ranked.ConvertAll(c => new OwnersCandidateCount(c.Key, c.Value, c.Tests.All(t => t.IsMet)));
        if (!quorum.All(t => t.IsMet))
            return new(ElectionOutcome.Invalid, total, takingPart, counts, [], [], [], seats, explanation);

        var qualified = counts.FindAll(c => c.IsQualified);
        var elected = qualified.Take(seats).ToList();
        List<OwnersCandidateCount> runoff = [];
        if (qualified.Count > seats && seats > 0 && qualified[seats].For == qualified[seats - 1].For)
        {
            runoff = qualified.FindAll(c => c.For == qualified[seats].For);
            elected.RemoveAll(runoff.Contains);
        }

        var vacancies = seats - elected.Count;
        var outcome = runoff.Count > 0 ? ElectionOutcome.Runoff : vacancies > 0 ? ElectionOutcome.PartlyFilled : ElectionOutcome.Filled;
        return new(outcome, total, takingPart, counts,
            Ids(elected), Ids(qualified.Except(elected).Except(runoff)), Ids(runoff), vacancies, explanation);
    }

    private static List<string> Ids(IEnumerable<OwnersCandidateCount> counts) => [.. counts.Select(c => c.Id)];
}
