using System.Text.Json.Nodes;

namespace Deliberation.Domain.Ballots;

/// <summary>The rules a live ballot may be opened under. The names are those of the rule's JSON.</summary>
public enum RuleKind
{
    OwnersAssembly,
    OwnersCommitteeElection,
    ChangeOfUse,
    OfficeElection,
    Recall,
    Meeting,
    Majority,
    TwoThirds,
    AllButK,
    Unanimous,
    Consent,
    Plurality,
    Limited,
    Approval,
    Score,
    Star,
    Borda,
    Condorcet,
    Schulze,
    InstantRunoff,
    StvScottish,
    StvMeek,
    BudgetGreedy,
    BudgetGreedyNoSkip,
    EqualShares,
}

/// <summary>Which round of an office election a ballot is.</summary>
public enum ElectionMode
{
    First,
    Runoff,
    Supplementary,
}

/// <summary>How a tie for a place ends.</summary>
public enum TieBreak
{
    /// <summary>By the lot whose seed was committed at the opening (抽签).</summary>
    Lot,

    /// <summary>The tied meet again (再次投票); the default for offices.</summary>
    Runoff,

    /// <summary>Who stands earlier on the paper goes before.</summary>
    EarlierProposal,

    /// <summary>All of the tied are taken, also when they are more than the places left.</summary>
    All,
}

/// <summary>What decides when nobody beats all others in pairs.</summary>
public enum CondorcetFallback
{
    Schulze,
    Borda,
    InstantRunoff,

    /// <summary>Nobody is chosen.</summary>
    None,
}

/// <summary>A setting that cannot stand.</summary>
/// <param name="Setting">Its name in the JSON; <c>rule</c> for the rule as a whole.</param>
public sealed record RuleProblem(string Setting, string Message);

/// <summary>A ballot's rule with all its settings; what the JSON leaves out has its default here.</summary>
public sealed record BallotRule
{
    public required RuleKind Kind { get; init; }

    /// <summary>Matter of Civil Code art. 278.</summary>
    public OwnersMatter Matter { get; init; } = OwnersMatter.Other;

    /// <summary>Owners: spoilt papers take part.</summary>
    public bool SpoiltTakesPart { get; init; }

    /// <summary>Owners: what becomes of papers that were delivered and not returned.</summary>
    public UnreturnedPolicy Unreturned { get; init; }

    /// <summary>Owners: where the adopted rules of procedure say so; null unless unreturned papers follow the majority.</summary>
    public string? RulesOfProcedure { get; init; }

    /// <summary>Owners: parking, stalls and storage count.</summary>
    public bool ParkingCounts { get; init; }

    public CoOwnerCounting CoOwners { get; init; }

    /// <summary>Places to fill, 1 or more.</summary>
    public int Seats { get; init; } = 1;

    public ElectionMode Mode { get; init; }

    public int ReservedSeats { get; init; }

    public IReadOnlySet<string> MayFillReserved { get; init; } = new HashSet<string>();

    public IReadOnlyList<(string A, string B)> Kin { get; init; } = [];

    /// <summary>Who sits already, by an earlier round or in a higher office.</summary>
    public IReadOnlySet<string> Seated { get; init; } = new HashSet<string>();

    public MeetingBody Body { get; init; } = MeetingBody.CouncilMeeting;

    public MeetingForm Form { get; init; } = MeetingForm.Members;

    public MajorityBase Base { get; init; } = MajorityBase.Cast;

    public Threshold Threshold { get; init; } = Threshold.MoreThanHalf;

    /// <summary>Share of the roll that must take part; null = none asked.</summary>
    public Threshold? MinTurnout { get; init; }

    /// <summary>How many may be against; null unless the rule is consensus minus k.</summary>
    public int? AllButK { get; init; }

    /// <summary>Key of the voting unit whose paper breaks a tie of a named yes/no ballot; null = nobody's.</summary>
    public string? CastingVote { get; init; }

    public Fraction MaxStandAside { get; init; } = new(1, 3);

    /// <summary>Which round of consent this is; 1 is the first.</summary>
    public int Round { get; init; } = 1;

    public int MaxRounds { get; init; } = 3;

    /// <summary>The yes/no rule that decides when the last round of consent has not passed; null = not passed.</summary>
    public BallotRule? Fallback { get; init; }

    public CondorcetFallback WithoutWinner { get; init; }

    /// <summary>Share of the papers cast that must approve; null = none asked.</summary>
    public Threshold? MinApproval { get; init; }

    /// <summary>Options a paper may mark; null = as the rule says.</summary>
    public int? Marks { get; init; }

    public int MaxScore { get; init; } = Score.DefaultMaxScore;

    /// <summary>Two options may not share a place, where the rule would allow it.</summary>
    public bool StrictRanking { get; init; }

    public UnrankedPoints Unranked { get; init; }

    public LinkStrength Links { get; init; }

    /// <summary>Instant run-off: keep dropping until two remain, for the report.</summary>
    public bool CountToTwo { get; init; }

    /// <summary>Whole fen.</summary>
    public long BudgetFen { get; init; }

    public BudgetUtility Utility { get; init; }

    public BudgetCompletion Completion { get; init; }

    public long ShareStepFen { get; init; } = 100;

    public long MinVotes { get; init; } = 1;

    public TieBreak TieBreak { get; init; }

    /// <summary>Lower-case hex SHA-256 of the lot's seed, published at the opening; null where no lot can be needed.</summary>
    public string? LotHash { get; init; }

    /// <summary>Opened by an election activity: ends as Filled, PartlyFilled, Runoff or Invalid.</summary>
    public bool IsElection { get; init; }

    /// <summary>Delivered papers that are not returned join the choice that leads (多数意见从计).</summary>
    public bool FollowsMajority => Unreturned is UnreturnedPolicy.FollowMajority;

    /// <summary>A paper says for, against or abstain.</summary>
    public bool IsYesNo => Kind is RuleKind.OwnersAssembly or RuleKind.ChangeOfUse or RuleKind.Recall or RuleKind.Meeting or RuleKind.Consent || IsMajority;

    /// <summary>Counted by <see cref="Majority"/>.</summary>
    public bool IsMajority => Kind is RuleKind.Majority or RuleKind.TwoThirds or RuleKind.AllButK or RuleKind.Unanimous;

    public bool IsBudget => Kind is RuleKind.BudgetGreedy or RuleKind.BudgetGreedyNoSkip or RuleKind.EqualShares;

    /// <summary>Counted by <see cref="ChoiceElection"/>.</summary>
    public bool IsChoice => !IsYesNo && !IsBudget && Kind is not (RuleKind.OfficeElection or RuleKind.OwnersCommitteeElection);

    /// <summary>Papers put options in order.</summary>
    public bool IsRanked => Kind is RuleKind.Borda or RuleKind.Condorcet or RuleKind.Schulze or RuleKind.InstantRunoff or RuleKind.StvScottish or RuleKind.StvMeek;

    public bool IsScored => Kind is RuleKind.Score or RuleKind.Star;

    /// <summary>A lot may have to decide: its seed is committed at the opening.</summary>
    public bool MayDrawLots => TieBreak is not TieBreak.EarlierProposal && (IsChoice || (Kind is RuleKind.OfficeElection && TieBreak is TieBreak.Lot));

    /// <summary>Two options may share a place on a paper.</summary>
    public bool MayTie => !StrictRanking && Kind is RuleKind.Borda or RuleKind.Condorcet or RuleKind.Schulze;

    /// <summary>Reads a rule that was checked when its ballot was opened.</summary>
    /// <exception cref="FormatException">It has a problem.</exception>
    public static BallotRule Read(JsonObject json)
    {
        var (rule, problems) = RuleReader.Read(json);
        return rule is not null && problems.Count == 0
            ? rule
            : throw new FormatException(string.Join(" ", problems.Select(p => $"{p.Setting}: {p.Message}")));
    }

    /// <summary>Everything wrong with a rule; empty when a ballot may be opened under it.</summary>
    public static IReadOnlyList<RuleProblem> Check(JsonObject json) => RuleReader.Read(json).Problems;

    /// <summary>Settings nobody reads: slips of the pen.</summary>
    public static IReadOnlyList<string> UnknownSettings(JsonObject json) => RuleReader.Unknown(json);
}
