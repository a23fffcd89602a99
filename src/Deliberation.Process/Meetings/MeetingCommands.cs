using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Meetings;

/// <summary>Calls a meeting (议事会): agenda, invitations, sign-in, minutes. Ended by staff at the meeting desk, which resumes bookmark <c>concluded</c>
/// with <c>{"outcome":"Held|Inquorate|Cancelled","openPoints":["…"],"planVersion":1}</c>.</summary>
/// <param name="Kind">Council, Group, Assembly or ProjectCouncil.</param>
/// <param name="Round">1, 2, …; open points of round n open the agenda of round n+1.</param>
/// <param name="QuorumNumerator">Quorum as a fraction of the members, with <paramref name="QuorumDenominator"/> and <paramref name="QuorumIsStrict"/> ("more than").</param>
public sealed record CallMeetingCommand(
    string Kind,
    int Round,
    string Theme,
    DateTimeOffset MeetsAt,
    int QuorumNumerator,
    int QuorumDenominator,
    bool QuorumIsStrict) : IWorkflowCommand
{
    /// <summary>Open points of the round before; they open the agenda.</summary>
    public IReadOnlyList<string> OpenPoints { get; init; } = [];
}
