namespace Deliberation.Domain.Ballots;

/// <summary>Where one issued paper is.</summary>
public enum PaperState
{
    /// <summary>Given out (发出), not accounted for yet.</summary>
    Issued,

    /// <summary>Came back filled in (收回).</summary>
    Returned,

    /// <summary>Came back unused or ruined, and is kept (作废).</summary>
    Spoiled,

    /// <summary>Never came back, and the staff say so (没收回).</summary>
    Outstanding,

    /// <summary>Never given out: taken back before anybody had it, and no longer one of those issued.</summary>
    Cancelled,
}

/// <summary>How far the reading of a returned paper is.</summary>
public enum PaperReading
{
    None,

    /// <summary>One of two people has read it.</summary>
    Once,

    /// <summary>Both read the same.</summary>
    Agreed,

    /// <summary>They differ, or one could not tell: a third decides.</summary>
    Differs,

    /// <summary>The third has decided.</summary>
    Decided,

    /// <summary>Returned, but it does not count (另放): no right to vote, or the vote was cast another way.</summary>
    SetAside,
}

/// <summary>One paper of the register.</summary>
public sealed record IssuedPaper(string Serial, string Station, PaperState State, PaperReading Reading);

/// <summary>Why a paper keeps the count from being certified.</summary>
public enum UnreconciledKind
{
    /// <summary>Neither returned nor spoiled nor said to be outstanding.</summary>
    Missing,

    /// <summary>Returned and read by nobody.</summary>
    Unread,

    /// <summary>Read by one of two.</summary>
    ReadOnce,

    /// <summary>Waits for the third person.</summary>
    Differs,
}

/// <summary>A paper that does not reconcile, by its serial.</summary>
public sealed record UnreconciledPaper(string Serial, string Station, UnreconciledKind Kind);

/// <summary>The papers of one station, or of all. Cancelled papers are in none of the figures.</summary>
/// <param name="Missing">Not accounted for: 0 when <c>Issued = Returned + Spoiled + Outstanding</c>.</param>
/// <param name="SetAside">Of those returned.</param>
/// <param name="ReadOnce">Of those returned: read at least once.</param>
/// <param name="ReadTwice">Of those returned: read the same by two, or decided.</param>
/// <param name="Differing">Of those returned: waiting for the third.</param>
public sealed record PaperFigures(
    string Station, int Issued, int Returned, int Spoiled, int Outstanding, int Missing, int SetAside, int ReadOnce, int ReadTwice, int Differing)
{
    public bool Balances => Missing == 0 && Issued == Returned + Spoiled + Outstanding;

    /// <summary>Returned papers that go into the count.</summary>
    public int InBox => Returned - SetAside;

    public static PaperFigures Of(string station, IReadOnlyCollection<IssuedPaper> papers)
    {
        var returned = papers.Where(p => p.State == PaperState.Returned).ToList();
        return new PaperFigures(
            station,
            papers.Count(p => p.State != PaperState.Cancelled),
            returned.Count,
            papers.Count(p => p.State == PaperState.Spoiled),
            papers.Count(p => p.State == PaperState.Outstanding),
            papers.Count(p => p.State == PaperState.Issued),
            returned.Count(p => p.Reading == PaperReading.SetAside),
            returned.Count(p => p.Reading is PaperReading.Once or PaperReading.Agreed or PaperReading.Differs or PaperReading.Decided),
            returned.Count(p => p.Reading is PaperReading.Agreed or PaperReading.Decided),
            returned.Count(p => p.Reading == PaperReading.Differs));
    }
}

/// <summary>Whether every issued paper is accounted for and read: issued = returned + spoiled + outstanding, per station and in all (domain.md 5, requirement 3).</summary>
/// <param name="Faults">In the order of serials; empty when the papers reconcile.</param>
/// <param name="Surplus">Papers of a secret ballot's boxes beyond the voters who handed one in: 0 or more.</param>
public sealed record PaperReconciliation(IReadOnlyList<PaperFigures> Stations, PaperFigures Total, IReadOnlyList<UnreconciledPaper> Faults, int Surplus)
{
    public bool Reconciles => Faults.Count == 0 && Surplus == 0 && Total.Balances && Stations.All(station => station.Balances);

    /// <param name="handedIn">Voters of a secret ballot who handed a paper in; null for named ballots, whose papers say whose they are.</param>
    public static PaperReconciliation Of(IReadOnlyCollection<IssuedPaper> papers, int? handedIn)
    {
        var total = PaperFigures.Of("", papers);
        return new PaperReconciliation(
            [.. papers.GroupBy(p => p.Station).OrderBy(s => s.Key.Length).ThenBy(s => s.Key, StringComparer.Ordinal).Select(s => PaperFigures.Of(s.Key, [.. s]))],
            total,
            [.. from paper in papers orderby paper.Serial where FaultOf(paper) is not null select new UnreconciledPaper(paper.Serial, paper.Station, FaultOf(paper)!.Value)],
            handedIn is { } voters ? Math.Max(0, total.InBox - voters) : 0);
    }

    private static UnreconciledKind? FaultOf(IssuedPaper paper) => paper switch
    {
        { State: PaperState.Issued } => UnreconciledKind.Missing,
        { State: PaperState.Returned, Reading: PaperReading.None } => UnreconciledKind.Unread,
        { State: PaperState.Returned, Reading: PaperReading.Once } => UnreconciledKind.ReadOnce,
        { State: PaperState.Returned, Reading: PaperReading.Differs } => UnreconciledKind.Differs,
        _ => null,
    };
}

/// <summary>Which of a unit's two votes counts, when it voted by paper and otherwise too (named ballots).</summary>
public static class PaperPrecedence
{
    /// <summary>The later before the close counts, the earlier where the rule lets nobody vote again; but a paper is the voter's own, and goes before what a proxy cast, whenever that was.</summary>
    /// <param name="handedInAt">When the paper was handed in, not when somebody typed it.</param>
    /// <param name="otherCastAt">When the other vote was cast. At the same instant the paper, which is signed, counts.</param>
    /// <param name="mayReplace">The rule lets a vote be cast again.</param>
    /// <returns>True when the paper counts.</returns>
    public static bool PaperCounts(DateTimeOffset handedInAt, DateTimeOffset otherCastAt, bool isOtherByProxy, bool mayReplace = true) =>
        isOtherByProxy || (mayReplace ? otherCastAt <= handedInAt : handedInAt <= otherCastAt);
}
