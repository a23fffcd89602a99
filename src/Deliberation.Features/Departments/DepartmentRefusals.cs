using Deliberation.Domain;

namespace Deliberation.Features.Departments;

internal static class DepartmentRefusals
{
    public static Refusal NameLength { get; } = Refusal.Invalid("department.name-length", "Name");

    public static Refusal PostUnknown { get; } = Refusal.Invalid("department.post-unknown", "Post");

    public static Refusal ThereAlready { get; } = Refusal.Invalid("department.there-already", "Name");

    public static Refusal AlreadyEnded { get; } = Refusal.Conflict("department.already-ended");

    public static Refusal HasOpen { get; } = Refusal.Conflict("department.has-open");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");

    /// <summary>A form chose none, or one that has ended.</summary>
    public static Refusal Unknown { get; } = Refusal.Invalid("department.unknown", "Department");
}
