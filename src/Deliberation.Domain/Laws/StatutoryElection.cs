using Deliberation.Domain.Ballots;

namespace Deliberation.Domain.Laws;

/// <summary>Elections and recalls that the organic laws of the villagers' and residents' committees order (法定选举).</summary>
/// <remarks>
/// They are counted from paper only until an admin records the local legal basis for anything else (domain.md, reading rules). What counts is the law that the ballot
/// is held under, not what the body is called: a self-management committee elected under such a law is treated alike. Owners elect under the Civil Code.
/// </remarks>
public static class StatutoryElection
{
    public static bool Is(BallotRule rule, string lawProfile) =>
        rule.Kind is not RuleKind.OwnersCommitteeElection
        && (rule.IsElection || rule.Kind is RuleKind.OfficeElection or RuleKind.Recall)
        && (lawProfile.StartsWith("villagers-committee-", StringComparison.Ordinal) || lawProfile.StartsWith("residents-committee-", StringComparison.Ordinal));
}
