using Deliberation.Domain.Laws;

namespace Deliberation.Domain.Ballots;

/// <summary>A body that decides in a meeting.</summary>
public enum MeetingBody
{
    /// <summary>Villagers' assembly (村民会议).</summary>
    VillagersAssembly,

    /// <summary>Villagers' representatives' assembly (村民代表会议).</summary>
    VillagersRepresentativesAssembly,

    /// <summary>Villagers' group meeting (村民小组会议).</summary>
    GroupMeeting,

    /// <summary>Residents' assembly (居民会议).</summary>
    ResidentsAssembly,

    /// <summary>Residents' representatives' assembly (居民代表会议), from 2026.</summary>
    ResidentsRepresentativesAssembly,

    /// <summary>Meeting of the resident council or of a project council (议事会, 理事会).</summary>
    CouncilMeeting,
}

/// <summary>Who is counted. Fixed in the notice; the forms are never mixed.</summary>
public enum MeetingForm
{
    /// <summary>Adults, each for themselves.</summary>
    Adults,

    /// <summary>Household delegates (户代表).</summary>
    Households,

    /// <summary>Members or delegates (成员, 代表).</summary>
    Members,
}

/// <summary>The figures of a vote in a meeting. Quorum is tested at each ballot: who left is not present.</summary>
/// <param name="Entitled">Everybody entitled in the form chosen.</param>
/// <param name="Present">Signed in and still there.</param>
public sealed record MeetingCount(long Entitled, long Present, long For, long Against = 0, long Abstain = 0);

/// <summary>A vote in a meeting: quorum of those entitled, then more than half of those present, so that an abstention works like a no.</summary>
/// <remarks>Villagers' Committee Law (2018) arts. 22, 26, 28; Residents' Committee Law (2018) arts. 9, 10.</remarks>
public static class MeetingVote
{
    /// <summary>The quorum of a body in a form.</summary>
    public static Threshold QuorumOf(MeetingBody body, MeetingForm form) => (body, form) switch
    {
        (MeetingBody.VillagersAssembly, MeetingForm.Households) => Threshold.TwoThirds,
        (MeetingBody.VillagersAssembly or MeetingBody.ResidentsAssembly or MeetingBody.CouncilMeeting, _) => Threshold.MoreThanHalf,
        _ => Threshold.TwoThirds,
    };

    /// <summary>The share of those entitled whose request calls the body together; null when its leader or chair does.</summary>
    public static Threshold? RequestShareOf(MeetingBody body) => body switch
    {
        MeetingBody.VillagersAssembly => new(1, 10, false),
        MeetingBody.GroupMeeting => null,
        MeetingBody.CouncilMeeting => Threshold.OneThird,
        _ => new(1, 5, false),
    };

    /// <summary>The share of another group whose request calls the body together as well: of representatives for the villagers' assembly, of groups for the residents'; null when there is none.</summary>
    public static Threshold? OtherRequestShareOf(MeetingBody body) =>
        body is MeetingBody.VillagersAssembly or MeetingBody.ResidentsAssembly ? Threshold.OneThird : null;

    /// <summary>Whether enough ask for the body to be called together.</summary>
    /// <param name="asking">Of those entitled.</param>
    /// <param name="othersAsking">Of representatives or groups.</param>
    public static bool IsCalled(MeetingBody body, long asking, long entitled, long othersAsking = 0, long others = 0) =>
        RequestShareOf(body)?.IsMet(asking, entitled) == true || OtherRequestShareOf(body)?.IsMet(othersAsking, others) == true;

    /// <param name="law">Null = the 2026 profile of the body's law; none for council meetings.</param>
    public static MajorityDecision Decide(MeetingBody body, MeetingForm form, MeetingCount count, LawProfile? law = null)
    {
        law ??= body switch
        {
            MeetingBody.CouncilMeeting => null,
            MeetingBody.ResidentsAssembly or MeetingBody.ResidentsRepresentativesAssembly => LawProfiles.ResidentsCommittee2026,
            _ => LawProfiles.VillagersCommittee2026,
        };
        RuleTest[] tests =
        [
            RuleTest.Of("quorum", Measure.Persons, count.Present, count.Entitled, QuorumOf(body, form)),
            RuleTest.AtMost("papers", Measure.Persons, count.For + count.Against + count.Abstain, count.Present),
            RuleTest.Of("threshold", Measure.Persons, count.For, count.Present, Threshold.MoreThanHalf),
        ];
        var outcome = !tests[0].IsMet ? BallotOutcome.Inquorate
            : !tests[1].IsMet ? BallotOutcome.Voided
            : tests[2].IsMet ? BallotOutcome.Passed
            : BallotOutcome.Rejected;
        var rule = body.ToString();
        return new(outcome, new(count.For, count.Against, count.Abstain, 0, count.Entitled, count.Present),
            new(rule, law?.Id, law?.ArticlesOf(rule) ?? [], tests, []));
    }
}
