using Deliberation.Domain.Laws;

namespace Deliberation.Domain.Ballots;

/// <summary>What the owners decide on; the number is that of Civil Code art. 278.</summary>
public enum OwnersMatter
{
    /// <summary>Rules of procedure of the assembly (业主大会议事规则).</summary>
    RulesOfProcedure = 1,

    /// <summary>Management covenant (管理规约).</summary>
    ManagementCovenant = 2,

    /// <summary>Elect or replace the owners' committee; counted per candidate, see <see cref="OwnersCommitteeElection"/>.</summary>
    OwnersCommittee = 3,

    /// <summary>Hire or dismiss the property manager (选聘、解聘物业).</summary>
    PropertyManager = 4,

    /// <summary>Use the maintenance fund (使用维修资金).</summary>
    UseMaintenanceFund = 5,

    /// <summary>Raise the maintenance fund (筹集维修资金): special.</summary>
    RaiseMaintenanceFund = 6,

    /// <summary>Alter or rebuild building or facilities (改建、重建): special.</summary>
    AlterOrRebuild = 7,

    /// <summary>Change the use of common parts or run a business on them (改变共有部分用途): special.</summary>
    CommonParts = 8,

    /// <summary>Other weighty matters (其他重大事项).</summary>
    Other = 9,
}

/// <summary>What happens to delivered papers that were not returned.</summary>
public enum UnreturnedPolicy
{
    /// <summary>They do not take part (default).</summary>
    NotParticipating,

    /// <summary>They join the choice that leads by persons and area (多数意见从计); only if the adopted rules of procedure say so.</summary>
    FollowMajority,
}

/// <summary>One paper of the owners' ballot.</summary>
/// <param name="OwnerKey">Key of the roll entry, see <see cref="OwnersRoll.KeyOf(IEnumerable{string})"/>.</param>
/// <param name="Choice">Null unless <see cref="VoteStatus.Counted"/>.</param>
public sealed record OwnersPaper(string OwnerKey, Choice? Choice, VoteStatus Status = VoteStatus.Counted);

/// <summary>What the rules of procedure settle. The defaults follow the Civil Code.</summary>
public sealed record OwnersAssemblyOptions
{
    public bool SpoiltTakesPart { get; init; }

    public UnreturnedPolicy Unreturned { get; init; }

    public LawProfile Law { get; init; } = LawProfiles.CivilCode2021;
}

/// <summary>Persons and area of one side.</summary>
/// <param name="AreaHundredths">Whole hundredths of a square metre.</param>
public readonly record struct OwnersCount(long Persons, long AreaHundredths)
{
    public static OwnersCount operator +(OwnersCount left, OwnersCount right) =>
        new(left.Persons + right.Persons, left.AreaHundredths + right.AreaHundredths);

    /// <summary>More persons and more area.</summary>
    public bool Leads(OwnersCount other) => Persons > other.Persons && AreaHundredths > other.AreaHundredths;
}

/// <summary>The owners' decision with its figures.</summary>
public sealed record OwnersDecision
{
    /// <summary>Passed, Rejected or Inquorate.</summary>
    public required BallotOutcome Outcome { get; init; }

    public required OwnersCount Roll { get; init; }

    public required OwnersCount TakingPart { get; init; }

    public required OwnersCount For { get; init; }

    public required OwnersCount Against { get; init; }

    public required OwnersCount Abstain { get; init; }

    public required OwnersCount Spoilt { get; init; }

    /// <summary>Delivered, unreturned, and joined to <see cref="Majority"/>; included in that side. 0 under NotParticipating.</summary>
    public required OwnersCount Joined { get; init; }

    /// <summary>The choice that leads by persons and area among returned papers; null when none does or the policy does not ask.</summary>
    public required Choice? Majority { get; init; }

    /// <summary>Owners whose papers contradict each other or who are not on the roll.</summary>
    public required int SetAside { get; init; }

    public required Explanation Explanation { get; init; }

    public bool HasQuorum => Explanation.Tests.Take(2).All(t => t.IsMet);

    public bool Passed => Outcome is BallotOutcome.Passed;
}

/// <summary>
/// The owners' assembly (业主大会): two thirds of persons and of area take part; more than half (ordinary) or at least three
/// quarters (special) of those taking part agree, by persons and by area.
/// </summary>
/// <remarks>Civil Code art. 278.</remarks>
public static class OwnersAssembly
{
    // What one owner's papers say together: a bit each, so that a million owners are one array.
    private const byte SaidFor = 1;
    private const byte SaidAgainst = 2;
    private const byte SaidAbstain = 4;
    private const byte SaidNothing = 8; // counted, but without a choice
    private const byte SaidSpoilt = 16;
    private const byte SaidSetAside = 32;
    private const byte SaidUnreturned = 64;
    private const byte Answers = SaidFor | SaidAgainst | SaidAbstain | SaidNothing;

    public static bool IsSpecial(OwnersMatter matter) =>
        matter is OwnersMatter.RaiseMaintenanceFund or OwnersMatter.AlterOrRebuild or OwnersMatter.CommonParts;

    /// <summary>The line of a matter, by persons and by area.</summary>
    public static DoubleThreshold ThresholdOf(OwnersMatter matter) =>
        DoubleThreshold.Same(IsSpecial(matter) ? Threshold.ThreeQuarters : Threshold.MoreThanHalf);

    /// <summary>Counts and decides.</summary>
    /// <param name="papers">Several of one owner: equal choices count once, contradicting ones are set aside.</param>
    public static OwnersDecision Decide(
        OwnersRoll roll, IEnumerable<OwnersPaper> papers, OwnersMatter matter, OwnersAssemblyOptions? options = null)
    {
        options ??= new();
        var counts = new Dictionary<Choice, OwnersCount> { [Choice.For] = default, [Choice.Against] = default, [Choice.Abstain] = default };
        OwnersCount spoilt = default, unreturned = default;
        var (said, setAside) = Said(roll, papers);
        for (var owner = 0; owner < said.Length; owner++)
        {
            if (said[owner] is 0) continue;
            var weight = new OwnersCount(1, roll.Entries[owner].AreaHundredths);
            switch (said[owner] & Answers)
            {
                case SaidFor: counts[Choice.For] += weight; break;
                case SaidAgainst: counts[Choice.Against] += weight; break;
                case SaidAbstain: counts[Choice.Abstain] += weight; break;
                case 0 when (said[owner] & SaidSetAside) == 0:
                    if ((said[owner] & SaidSpoilt) != 0) spoilt += weight;
                    else unreturned += weight;
                    break;
                default: setAside++; break;
            }
        }

        Choice? majority = null;
        OwnersCount joined = default;
        if (options.Unreturned is UnreturnedPolicy.FollowMajority)
        {
            foreach (var (choice, count) in counts)
                if (counts.All(other => other.Key == choice || count.Leads(other.Value))) majority = choice;
            if (majority is { } leading)
            {
                joined = unreturned;
                counts[leading] += joined;
            }
        }

        var total = new OwnersCount(roll.Persons, roll.AreaHundredths);
        var takingPart = counts[Choice.For] + counts[Choice.Against] + counts[Choice.Abstain]
            + (options.SpoiltTakesPart ? spoilt : default);
        var tests = Tests(total, takingPart, counts[Choice.For], ThresholdOf(matter));
        return new()
        {
            Outcome = Outcome(tests),
            Roll = total,
            TakingPart = takingPart,
            For = counts[Choice.For],
            Against = counts[Choice.Against],
            Abstain = counts[Choice.Abstain],
            Spoilt = spoilt,
            Joined = joined,
            Majority = majority,
            SetAside = setAside,
            Explanation = new("OwnersAssembly", options.Law.Id,
                [.. options.Law.ArticlesOf("OwnersAssembly").Select(a => a == "278" ? $"278({(int)matter})" : a)], tests, []),
        };
    }

    /// <summary>A home turned into business premises: every owner with an interest agrees (Civil Code art. 279).</summary>
    public static Explanation ChangeOfUse(long ownersWithInterest, long agreed) => new(
        "ChangeOfUse", LawProfiles.CivilCode2021.Id, LawProfiles.CivilCode2021.ArticlesOf("ChangeOfUse"),
        [RuleTest.Of("threshold.persons", Measure.Persons, agreed, ownersWithInterest, new(1, 1, false))], []);

    internal static RuleTest[] Tests(
        OwnersCount total, OwnersCount takingPart, OwnersCount inFavour, DoubleThreshold line, string? subject = null) =>
    [
        RuleTest.Of("quorum.persons", Measure.Persons, takingPart.Persons, total.Persons, Threshold.TwoThirds),
        RuleTest.Of("quorum.area", Measure.AreaHundredths, takingPart.AreaHundredths, total.AreaHundredths, Threshold.TwoThirds),
        RuleTest.Of("threshold.persons", Measure.Persons, inFavour.Persons, takingPart.Persons, line.Persons, subject),
        RuleTest.Of("threshold.area", Measure.AreaHundredths, inFavour.AreaHundredths, takingPart.AreaHundredths, line.Area, subject),
    ];

    /// <summary>By the place of the owner on the roll; and how many who are not on it handed in something.</summary>
    private static (byte[] Said, int Strangers) Said(OwnersRoll roll, IEnumerable<OwnersPaper> papers)
    {
        var said = new byte[roll.Persons];
        var strangers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var paper in papers)
        {
            if (paper.Status is VoteStatus.Replaced) continue;
            if (roll.PlaceOf(paper.OwnerKey) is not { } owner)
            {
                strangers.Add(paper.OwnerKey);
                continue;
            }

            said[owner] |= (paper.Status, paper.Choice) switch
            {
                (VoteStatus.Counted, Choice.For) => SaidFor,
                (VoteStatus.Counted, Choice.Against) => SaidAgainst,
                (VoteStatus.Counted, Choice.Abstain) => SaidAbstain,
                (VoteStatus.Counted, _) => SaidNothing,
                (VoteStatus.Spoilt, _) => SaidSpoilt,
                (VoteStatus.SetAside, _) => SaidSetAside,
                _ => SaidUnreturned,
            };
        }

        return (said, strangers.Count);
    }

    private static BallotOutcome Outcome(RuleTest[] tests) =>
        !tests[0].IsMet || !tests[1].IsMet ? BallotOutcome.Inquorate
        : tests[2].IsMet && tests[3].IsMet ? BallotOutcome.Passed
        : BallotOutcome.Rejected;
}
