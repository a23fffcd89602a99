namespace Deliberation.Domain.Ballots;

/// <summary>What one vote says to a yes/no question (赞成 反对 弃权). An abstention takes part.</summary>
public enum Choice
{
    /// <summary>In favour (赞成).</summary>
    For,

    /// <summary>Opposed (反对).</summary>
    Against,

    /// <summary>Neither, but takes part (弃权).</summary>
    Abstain,
}

/// <summary>What became of one paper or vote.</summary>
public enum VoteStatus
{
    /// <summary>Valid and counted.</summary>
    Counted,

    /// <summary>Invalid (无效, 废票): unreadable, too many marks, not the issued paper.</summary>
    Spoilt,

    /// <summary>Not spoilt, not counted: voter not on the roll, second paper, proxy missing, co-owners who contradict each other.</summary>
    SetAside,

    /// <summary>A later vote of the same voter took its place.</summary>
    Replaced,

    /// <summary>Delivered with proof, never returned (送达未返回).</summary>
    NotReturned,
}

/// <summary>Whether voter and choice are kept together.</summary>
public enum Secrecy
{
    /// <summary>Nothing joins voter and choice (无记名).</summary>
    Secret,

    /// <summary>Voter and choice are stored together (记名, 实名).</summary>
    Named,
}

/// <summary>How a yes/no ballot ends. The names are the ports of the activity <c>OpenBallot</c>.</summary>
public enum BallotOutcome
{
    /// <summary>Quorum and threshold met (通过).</summary>
    Passed,

    /// <summary>Quorum met, threshold missed (未通过).</summary>
    Rejected,

    /// <summary>Too few took part (未达法定人数).</summary>
    Inquorate,

    /// <summary>As many for as against, and half was the line: not passed (票数相等).</summary>
    Tied,

    /// <summary>Not valid, for example more papers returned than issued (作废).</summary>
    Voided,
}

/// <summary>How an election ends. The names are the ports of the activity <c>RunElection</c>.</summary>
public enum ElectionOutcome
{
    /// <summary>Every seat is filled (选满).</summary>
    Filled,

    /// <summary>Some seats stay open for a supplementary election (未选满, 另行选举).</summary>
    PartlyFilled,

    /// <summary>A tie crosses the last seat (再次投票).</summary>
    Runoff,

    /// <summary>Turnout missed or more papers than issued: a new date, nothing carries over (选举无效).</summary>
    Invalid,
}
