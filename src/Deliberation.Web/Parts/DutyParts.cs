using Deliberation.Features.Duties;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_DutyBoard</c>: the same for staff, who open a duty, and officials, who look on.</summary>
/// <param name="IsOpened">Each duty has a link to its page.</param>
public sealed record DutyBoardPart(DutyBoard Board, bool IsOpened);
