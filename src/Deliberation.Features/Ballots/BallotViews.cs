using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Laws;
using Deliberation.Process.Ballots;

namespace Deliberation.Features.Ballots;

/// <summary>Where a ballot stands, as stored. A ballot before its opening instant is <see cref="Open"/> with <c>OpensAt</c> in the future.</summary>
public enum BallotState
{
    Open,
    Paused,

    /// <summary>The window is over; papers are being read and certified (清点纸票). No figure is known yet.</summary>
    Counting,
    Closed,
    Declared,
    Voided,
    Cancelled,
}

/// <summary>How a vote came in.</summary>
public enum VoteChannel
{
    Online,
    Paper,
    Assisted,
    Proxy,
}

/// <summary>One question as everybody on the roll reads it.</summary>
/// <param name="Rule">The rule in data, as in <see cref="OpenBallotCommand"/>; pages put it into words.</param>
/// <param name="Options">Empty: the choices are <c>For</c>, <c>Against</c>, <c>Abstain</c>.</param>
/// <param name="MaxChoices">1 or more; at most this many options on one paper.</param>
/// <param name="IsSecret">True: nobody learns who voted how; false: votes are by name.</param>
/// <param name="Now">Council time of this answer.</param>
public sealed record BallotView(
    BallotId Id,
    ProjectId Project,
    string ProjectTitle,
    string Question,
    string Explanation,
    JsonObject Rule,
    string RollKind,
    string? RollScope,
    bool IsSecret,
    string LawProfile,
    int Round,
    IReadOnlyList<BallotOption> Options,
    int MaxChoices,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    BallotState State,
    string? StateReason,
    DateTimeOffset Now,
    BallotRoll Roll,
    IReadOnlyList<MyUnit> MyUnits)
{
    /// <summary>What is chosen costs money out of one pot.</summary>
    public bool IsBudget => Options.Any(option => option.CostFen is not null);

    /// <summary>Delivered papers that are not returned join the choice that leads: deliveries are recorded.</summary>
    [JsonIgnore]
    public bool FollowsMajority => BallotRule.Read(Rule).FollowsMajority;

    /// <summary>A vote may be cast again until the close, a secret one with the code of its receipt; the later one counts.</summary>
    public bool MayReplace => Rule.AllowsReplace(IsSecret);

    /// <summary>Units that one holder of proxies may act for; 0 = no proxies.</summary>
    public int MaxProxiesPerHolder => Rule.MaxProxiesPerHolder();

    /// <summary>Until when, exclusive, a proxy may be registered.</summary>
    public DateTimeOffset ProxiesRegisteredBy => ClosesAt.AddDays(-Rule.ProxyRegisterDays());

    /// <summary>Null while the window is the one that was announced.</summary>
    public BallotExtension? Extension { get; init; }

    /// <summary>Whole days by which the window may still be extended; 0 = not.</summary>
    public int MayExtendDays => State == BallotState.Open && Now < ClosesAt && Extension is null ? ExtendBallotHandler.MostDays(RollKind, OpensAt, ClosesAt) : 0;

    /// <summary>The paper that this question stands on with others; null = alone.</summary>
    public Guid? Paper { get; init; }

    /// <summary>What was put to the vote with the question.</summary>
    public IReadOnlyList<BallotDocument> Documents { get; init; } = [];

    /// <summary>Articles of <see cref="LawProfile"/> that it is counted under; empty when that law sets none.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Articles => LawProfiles.Find(LawProfile)?.ArticlesOf(BallotRule.Read(Rule)) ?? [];

    /// <summary>Figures of that law still have to be compared with the official text (待核实).</summary>
    public bool LawIsUnconfirmed { get; init; }

    /// <summary>A committee's election by law, without a local basis for anything but paper when it opened: nobody votes on a page.</summary>
    public bool IsPaperOnly { get; init; }

    /// <summary>What may stand on a paper.</summary>
    [JsonIgnore]
    public PaperForm Form { get; } = BallotDefinitions.FormOf(Rule, Options);

    /// <summary>Votes are taken now, on paper or every way.</summary>
    public bool TakesVotes => State == BallotState.Open && Now >= OpensAt && Now < ClosesAt;

    /// <summary>Votes are taken now on pages.</summary>
    public bool TakesVotesOnline => TakesVotes && !IsPaperOnly;
}

/// <param name="OriginalClosesAt">As announced.</param>
/// <param name="Reason">Public.</param>
public sealed record BallotExtension(DateTimeOffset OriginalClosesAt, string Reason);

/// <summary>Totals of a roll (名册).</summary>
/// <param name="AreaHundredths">0.01 m²; 0 where area does not count.</param>
/// <param name="Hash">Lower-case hex SHA-256 of the roll frozen at opening.</param>
public sealed record BallotRoll(int Units, int Persons, long AreaHundredths, string Hash);

/// <summary>A voting unit the caller may act for.</summary>
/// <param name="Key">Goes into <see cref="CastVote.Unit"/>.</param>
/// <param name="AreaHundredths">0.01 m².</param>
/// <param name="HasVoted">A vote of this unit counts, by whomever.</param>
/// <param name="IsMine">The counted vote is the caller's own: a named one may still be replaced.</param>
/// <param name="IsProxy">The caller acts by written proxy.</param>
public sealed record MyUnit(string Key, string Label, long AreaHundredths, bool HasVoted, bool IsMine, bool IsProxy);

/// <summary>What a voter keeps: never shows the choice.</summary>
/// <param name="Code">Community code and four groups of four: <c>demo-7KQ2-M9TA-XX04-PQ8R</c>.</param>
/// <param name="ReceivedAt">Council time, cut to the minute.</param>
public sealed record Receipt(string Code, DateTimeOffset ReceivedAt)
{
    /// <summary>Three words that follow from the code, to compare by ear.</summary>
    [JsonIgnore]
    public IReadOnlyList<CheckWord> Words => CheckWords.Of(Code);
}

/// <summary>The answer to a cast.</summary>
/// <param name="IsReplay">The same request had been answered before: this is that answer.</param>
/// <param name="MayReplaceUntil">Closing instant when the vote may be replaced; null when it may not.</param>
/// <param name="ReplaceCode">What a secret vote is replaced with, in four groups of four; null when it is by name or final. It is told here and never again.</param>
public sealed record CastAnswer(BallotId Ballot, string Unit, Receipt Receipt, bool IsSecret, bool IsReplay, DateTimeOffset? MayReplaceUntil, string? ReplaceCode = null);

/// <summary>A ballot in a list.</summary>
/// <param name="IsBudget">Projects are chosen for the money there is: nothing is passed or rejected.</param>
/// <param name="UnitsToVote">Units of the caller that have not voted yet; 0 for staff.</param>
/// <param name="UnitsVoted">Units of the caller that have; 0 for staff.</param>
/// <param name="Paper">The paper that this question stands on with others; null = alone.</param>
public sealed record BallotLine(
    BallotId Id,
    ProjectId Project,
    string ProjectTitle,
    string Question,
    int Round,
    bool IsSecret,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    BallotState State,
    string? Outcome,
    bool IsBudget,
    int UnitsToVote,
    int UnitsVoted,
    Guid? Paper);
