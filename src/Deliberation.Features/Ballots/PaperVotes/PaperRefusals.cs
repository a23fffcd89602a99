using Deliberation.Domain;
using Deliberation.Domain.Ballots;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>Why something with a paper is refused. The words name the rule.</summary>
internal static class PaperRefusals
{
    private const int MostNamed = 20;

    /// <summary>The ballot has no papers.</summary>
    public static Refusal NoneIssued { get; } = Refusal.Conflict("paper.none-issued");

    /// <summary>Not a serial, or misread: its check digit is wrong.</summary>
    public static Refusal Mistyped { get; } = Refusal.Invalid("paper.serial-mistyped", "serial");

    /// <summary>A good serial that this ballot never issued: forged, or another ballot's.</summary>
    public static Refusal NotIssued { get; } = Refusal.Invalid("paper.not-issued", "serial");

    public static Refusal IsSpoiled { get; } = Refusal.Invalid("paper.is-spoiled", "serial");

    public static Refusal IsCancelled { get; } = Refusal.Invalid("paper.is-cancelled", "serial");

    public static Refusal IsSetAside { get; } = Refusal.Invalid("paper.is-set-aside", "serial");

    public static Refusal IsReturned { get; } = Refusal.Invalid("paper.is-returned", "serial");

    /// <summary>The second reading is another person's.</summary>
    public static Refusal ReadByYou { get; } = Refusal.Invalid("paper.read-by-you", "serial");

    public static Refusal ReadTwice { get; } = Refusal.Invalid("paper.read-twice", "serial");

    public static Refusal BatchRequired(int most) => Refusal.Conflict("paper.batch-required", ("most", most));

    /// <summary>Who set the ballot up does not count it (domain.md 5, requirement 12).</summary>
    public static Refusal SetUpByYou { get; } = Refusal.Forbidden("paper.set-up-by-you");

    public static Refusal TooFewPeople(int needed) => Refusal.Conflict("paper.too-few-people", ("needed", needed));

    /// <summary>Boxes of a secret ballot stay shut until the window ends.</summary>
    public static Refusal BoxIsShut(DateTimeOffset closesAt) => Refusal.Conflict("paper.box-is-shut", ("closesAt", closesAt));

    /// <summary>Somebody has signed the closing record.</summary>
    public static Refusal IsSigned { get; } = Refusal.Conflict("paper.is-signed");

    public static Refusal IsCounted { get; } = Refusal.Conflict("paper.is-counted");

    public static Refusal NotCounting(DateTimeOffset closesAt) => Refusal.Conflict("paper.not-counting", ("closesAt", closesAt));

    public static Refusal SignedByYou { get; } = Refusal.Conflict("paper.signed-by-you");

    public static Refusal NotSigned { get; } = Refusal.Conflict("paper.not-signed");

    public static Refusal NoDifference { get; } = Refusal.Conflict("paper.no-difference");

    public static Refusal ThirdPerson { get; } = Refusal.Forbidden("paper.third-person");

    public static Refusal ScrutineerRequired { get; } = Refusal.Invalid("paper.scrutineer-required", "scrutineer");

    public static Refusal StationRequired { get; } = Refusal.Invalid("paper.station-required", "station");

    /// <summary>An objection stands with its reason, and a reason is not read by figures.</summary>
    public static Refusal AsksReason { get; } = Refusal.Conflict("paper.asks-reason");

    public static Refusal NothingToIssue { get; } = Refusal.Conflict("paper.nothing-to-issue");

    /// <summary>More papers handed in than given out.</summary>
    public static Refusal MoreThanIssued(int issued) => Refusal.Conflict("paper.more-than-issued", ("issued", issued));

    /// <summary>A secret vote cannot be taken back: the paper is set aside.</summary>
    public static Refusal VotedOtherwise { get; } = Refusal.Conflict("paper.voted-otherwise");

    /// <summary>Names the serials, at most twenty of them.</summary>
    public static Refusal Unreconciled(IReadOnlyList<UnreconciledPaper> faults) => Refusal.Conflict(
        "paper.unreconciled",
        ("count", faults.Count),
        ("serials", string.Join(' ', faults.Take(MostNamed).Select(fault => PaperSerial.Format(fault.Serial)))));

    /// <summary>More papers in the boxes than voters who handed one in.</summary>
    public static Refusal Surplus(int surplus) => Refusal.Conflict("paper.surplus", ("count", surplus));
}
