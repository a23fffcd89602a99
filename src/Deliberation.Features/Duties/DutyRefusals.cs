using Deliberation.Domain;

namespace Deliberation.Features.Duties;

internal static class DutyRefusals
{
    public static Refusal TitleLength { get; } = Refusal.Invalid("duty.title-length", "Title");

    public static Refusal PostUnknown { get; } = Refusal.Invalid("duty.post-unknown", "Post");

    public static Refusal GraceBounds { get; } = Refusal.Invalid("duty.grace-bounds", "Grace");

    public static Refusal ThereAlready { get; } = Refusal.Conflict("duty.there-already");

    public static Refusal NotYours { get; } = Refusal.Forbidden("duty.not-yours");

    public static Refusal AlreadyDone { get; } = Refusal.Conflict("duty.already-done");

    public static Refusal AlreadyEnded { get; } = Refusal.Conflict("duty.already-ended");

    public static Refusal NoteLength { get; } = Refusal.Invalid("duty.note-length", "Note");

    public static Refusal NumberMissing { get; } = Refusal.Invalid("duty.number-missing", "Number");

    public static Refusal PhotoMissing { get; } = Refusal.Invalid("duty.photo-missing", "Photo");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");

    /// <summary>To the product itself: another node was faster, or it was done meanwhile.</summary>
    public static Refusal NotDue { get; } = Refusal.Conflict("duty.not-due");
}
