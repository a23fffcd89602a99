using Deliberation.Domain;

namespace Deliberation.Features.Resolutions;

internal static class ResolutionRefusals
{
    public static Refusal AlreadyDone { get; } = Refusal.Conflict("resolution.already-done");

    public static Refusal Lapsed { get; } = Refusal.Conflict("resolution.lapsed");

    public static Refusal DepartmentFirst { get; } = Refusal.Conflict("resolution.department-first");

    public static Refusal NotYours { get; } = Refusal.Forbidden("resolution.not-yours");

    public static Refusal DueBounds { get; } = Refusal.Invalid("resolution.due-bounds", "DueOn");

    public static Refusal ProofLength { get; } = Refusal.Invalid("resolution.proof-length", "Proof");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");

    /// <summary>To the product itself: another node was faster, or it was assigned meanwhile.</summary>
    public static Refusal NotDue { get; } = Refusal.Conflict("resolution.not-due");
}
