using Deliberation.Domain;

namespace Deliberation.Features.Residents;

/// <summary>Why somebody does not come in, or the help desk cannot do it.</summary>
public static class ResidentRefusals
{
    public static Refusal SlipUnknown { get; } = Refusal.NotFound("slip.unknown");

    public static Refusal SlipRevoked { get; } = Refusal.Forbidden("slip.revoked");

    public static Refusal SlipExpired { get; } = Refusal.Forbidden("slip.expired");

    public static Refusal SlipNotYours { get; } = Refusal.Forbidden("slip.not-yours");

    public static Refusal PhoneInvalid { get; } = Refusal.Invalid("code.phone-invalid", "phone");

    public static Refusal TooManyCodes { get; } = Refusal.TooMany("code.too-many");

    public static Refusal TooManyTries { get; } = Refusal.TooMany("code.too-many-tries");

    public static Refusal CodeWrong { get; } = Refusal.Invalid("code.wrong", "code");

    public static Refusal CodeExpired { get; } = Refusal.Invalid("code.expired", "code");

    public static Refusal NotFound { get; } = Refusal.NotFound("residents.not-found");

    public static Refusal NotYourHousehold { get; } = Refusal.Forbidden("residents.not-your-household");

    public static Refusal NotOfHousehold { get; } = Refusal.Invalid("residents.not-of-household", "delegate");

    public static Refusal ReasonRequired { get; } = Refusal.Invalid("residents.reason-required", "reason");

    public static Refusal WitnessRequired { get; } = Refusal.Invalid("residents.witness-required", "witness");

    public static Refusal WitnessIsHelper { get; } = Refusal.Invalid("residents.witness-is-helper", "witness");

    public static Refusal WitnessIsVoter { get; } = Refusal.Invalid("residents.witness-is-voter", "witness");

    /// <summary>Candidates and their families neither help nor witness.</summary>
    public static Refusal CloseToCandidate { get; } = Refusal.Forbidden("residents.close-to-candidate");

    public static Refusal DistanceUndeclared { get; } = Refusal.Invalid("residents.distance-undeclared", "distant");

    public static Refusal SearchTooShort { get; } = Refusal.Invalid("residents.search-too-short", "text");

    public static Refusal AlreadyMoved { get; } = Refusal.Conflict("residents.already-moved");

    public static Refusal DoorTaken { get; } = Refusal.Conflict("residents.door-taken");
}
