using Deliberation.Domain;
using Deliberation.Domain.Ballots;

namespace Deliberation.Features.Ballots;

/// <summary>Why a vote or an act on a ballot is refused.</summary>
public static class BallotRefusals
{
    public static Refusal NotFound { get; } = Refusal.NotFound("ballot.not-found");

    public static Refusal NotOpenYet(DateTimeOffset opensAt) => Refusal.Conflict("ballot.not-open-yet", ("opensAt", opensAt));

    /// <summary>The closing instant itself is too late.</summary>
    public static Refusal WindowClosed(DateTimeOffset closesAt) => Refusal.Conflict("ballot.window-closed", ("closesAt", closesAt));

    public static Refusal Paused { get; } = Refusal.Conflict("ballot.paused");

    public static Refusal Cancelled { get; } = Refusal.Conflict("ballot.cancelled");

    /// <summary>A committee's election by law: papers only (domain.md, reading rules).</summary>
    public static Refusal PaperOnly(string officeHours, string phone) => Refusal.Conflict("ballot.paper-only", ("hours", officeHours), ("phone", phone));

    public static Refusal NotOnRoll { get; } = Refusal.Forbidden("ballot.not-on-roll");

    public static Refusal UnitRequired { get; } = Refusal.Invalid("ballot.unit-required", "unit");

    /// <summary>Of a secret ballot staff see a number, never who (domain.md 5).</summary>
    public static Refusal SecretNoList { get; } = Refusal.Conflict("ballot.secret-no-list");

    public static Refusal UnitNotFound { get; } = Refusal.NotFound("ballot.unit-not-found");

    public static Refusal AlreadyVoted { get; } = Refusal.Conflict("ballot.already-voted");

    /// <summary>One answer to whatever is wrong with a replacement code: mistyped, used already, of another unit, no vote there.</summary>
    public static Refusal ReplaceCodeWrong { get; } = Refusal.Invalid("ballot.replace-code-wrong", "code");

    public static Refusal ReplaceTries { get; } = Refusal.TooMany("ballot.replace-tries", ("minutes", ReplaceCodes.Minutes));

    public static Refusal NoChoice { get; } = Refusal.Invalid("ballot.no-choice", "choice");

    public static Refusal TooManyChoices(int most) => Refusal.Invalid("ballot.too-many-choices", "choice", ("most", most));

    public static Refusal UnknownOption { get; } = Refusal.Invalid("ballot.unknown-option", "choice");

    public static Refusal NotARank { get; } = Refusal.Invalid("ballot.not-a-rank", "choice");

    public static Refusal RankGap { get; } = Refusal.Invalid("ballot.rank-gap", "choice");

    public static Refusal RankTie { get; } = Refusal.Invalid("ballot.rank-tie", "choice");

    public static Refusal NotAScore(int most) => Refusal.Invalid("ballot.not-a-score", "choice", ("most", most));

    public static Refusal ObjectionReason { get; } = Refusal.Invalid("ballot.objection-reason", "choice");

    public static Refusal KeyRequired { get; } = Refusal.Invalid("idempotency.key-required", "key");

    public static Refusal KeyReused { get; } = Refusal.Invalid("idempotency.key-reused", "key");

    public static Refusal NotClosed(DateTimeOffset closesAt) => Refusal.Conflict("ballot.not-closed", ("closesAt", closesAt));

    public static Refusal NotDeclared { get; } = Refusal.Conflict("ballot.not-declared");

    public static Refusal NotRunning { get; } = Refusal.Conflict("ballot.not-running");

    public static Refusal NotPaused { get; } = Refusal.Conflict("ballot.not-paused");

    public static Refusal ReasonRequired { get; } = Refusal.Invalid("ballot.reason-required", "reason");

    public static Refusal WitnessRequired { get; } = Refusal.Invalid("ballot.witness-required", "witness");

    public static Refusal Counting { get; } = Refusal.Conflict("ballot.counting");

    public static Refusal NotOnPaper { get; } = Refusal.Invalid("ballot.not-on-paper", "choice");

    public static Refusal CorrectionEmpty { get; } = Refusal.Invalid("ballot.correction-empty", "unit");

    /// <summary>Whether votes are taken at <paramref name="now"/>; null when they are.</summary>
    public static Refusal? Window(string state, DateTimeOffset opensAt, DateTimeOffset closesAt, DateTimeOffset now) => state switch
    {
        nameof(BallotState.Paused) => Paused,
        nameof(BallotState.Cancelled) or nameof(BallotState.Voided) => Cancelled,
        nameof(BallotState.Open) when now < opensAt => NotOpenYet(opensAt),
        nameof(BallotState.Open) when now < closesAt => null,
        _ => WindowClosed(closesAt),
    };

    /// <summary>Whether a paper may look like this; null when it may. Abstaining is a choice of its own, alone.</summary>
    public static Refusal? Choices(IReadOnlyCollection<string> choices, PaperForm form, int most) => form.Check(choices) switch
    {
        null => null,
        PaperFault.Empty => NoChoice,
        PaperFault.TooMany => TooManyChoices(most),
        PaperFault.NotARank => NotARank,
        PaperFault.RankGap => RankGap,
        PaperFault.RankTie => RankTie,
        PaperFault.NotAScore => NotAScore(form.MaxScore),
        PaperFault.ReasonMissing => ObjectionReason,
        _ => UnknownOption,
    };
}
