using Deliberation.Domain;

namespace Deliberation.Features.Tasks;

internal static class TaskRefusals
{
    public static Refusal NotOpen { get; } = Refusal.Conflict("task.not-open");

    public static Refusal NotYours { get; } = Refusal.Forbidden("task.not-yours");

    public static Refusal VerbNotAllowed { get; } = Refusal.Forbidden("task.verb-not-allowed");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");

    public static Refusal UnknownStaff { get; } = Refusal.Invalid("task.unknown-staff", "ToStaff");
}
