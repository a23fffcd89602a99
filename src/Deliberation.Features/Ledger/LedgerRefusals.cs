using Deliberation.Domain;

namespace Deliberation.Features.Ledger;

/// <summary>Why something about the log is refused.</summary>
internal static class LedgerRefusals
{
    /// <summary>No such receipt, leaf or size; a malformed one gets the same answer.</summary>
    public static Refusal NotFound { get; } = Refusal.NotFound("ledger.not-found");

    public static Refusal WitnessName { get; } = Refusal.Invalid("ledger.witness-name", "Name");

    public static Refusal WitnessKey { get; } = Refusal.Invalid("ledger.witness-key", "Key");

    public static Refusal WitnessThere { get; } = Refusal.Conflict("ledger.witness-there");

    public static Refusal WitnessUnknown { get; } = Refusal.NotFound("ledger.witness-unknown");

    public static Refusal SignatureInvalid { get; } = Refusal.Invalid("ledger.signature-invalid");

    /// <summary>Nothing can be signed now: the log is empty, its key is elsewhere, or an alarm stands.</summary>
    public static Refusal NotSigned { get; } = Refusal.Conflict("ledger.not-signed");

    public static Refusal ReasonRequired { get; } = Refusal.Invalid("ledger.reason-required", "Reason");
}
