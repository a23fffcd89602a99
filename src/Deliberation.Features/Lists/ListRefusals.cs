using Deliberation.Domain;

namespace Deliberation.Features.Lists;

internal static class ListRefusals
{
    public static Refusal NameLength { get; } = Refusal.Invalid("list.name-length", "Names");

    public static Refusal Count { get; } = Refusal.Invalid("list.count", "Names");

    public static Refusal NotEmpty { get; } = Refusal.Invalid("list.not-empty", "Names");

    public static Refusal Unknown { get; } = Refusal.Invalid("list.unknown", "List");

    public static Refusal SameList { get; } = Refusal.Invalid("list.same", "List");

    public static Refusal TitleLength { get; } = Refusal.Invalid("matter.title-length", "Title");

    public static Refusal Closed { get; } = Refusal.Conflict("matter.closed");

    public static Refusal ReasonLength { get; } = Refusal.Invalid("matter.reason-length", "Reason");

    /// <summary>To the product itself: another node was faster.</summary>
    public static Refusal NotDue { get; } = Refusal.Conflict("pack.not-due");
}
