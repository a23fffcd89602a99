using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

public sealed record AgendaLine(Guid Id, int Position, string Text, string Speaker, bool IsCarried, string? Decision, string? Owner, DateOnly? DueOn);

/// <summary>A meeting's page (议事会).</summary>
/// <param name="ExpectedCount">Members who should come (应到); null = not entered yet.</param>
/// <param name="PresentCount">Signed in (实到); a household counts once.</param>
/// <param name="NeededCount">Smallest number that makes a quorum; null while <paramref name="ExpectedCount"/> is null.</param>
/// <param name="Minutes">Empty for people without right until approved.</param>
/// <param name="IsSignedIn">Whether the calling resident's household has signed in.</param>
public sealed record MeetingPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    int Round,
    string Theme,
    DateTimeOffset MeetsAt,
    string Place,
    int? ExpectedCount,
    int PresentCount,
    int? NeededCount,
    bool HasQuorum,
    string State,
    string? Outcome,
    IReadOnlyList<string> OpenPoints,
    string Minutes,
    string MinutesState,
    int MinutesVersion,
    string? MinutesBy,
    string? MinutesApprovedBy,
    bool IsSignedIn,
    IReadOnlyList<AgendaLine> Agenda,
    IReadOnlyList<AttendanceLine> Attendance);

/// <summary>Who signed in; for staff only, empty for others.</summary>
public sealed record AttendanceLine(Guid AttendeeId, string Door, string Name, DateTimeOffset SignedAt, string? SignedBy);

public sealed record GetMeeting(Caller Caller, CommunityId Community, Guid Meeting) : IQuery<MeetingPage>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}
