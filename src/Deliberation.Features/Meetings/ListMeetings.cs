using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

public sealed record MeetingLine(Guid Id, ProjectId Project, string ProjectTitle, string Kind, int Round, string Theme, DateTimeOffset MeetsAt, string State, string? Outcome, string MinutesState);

/// <summary>Meetings, open ones first, then newest first.</summary>
public sealed record ListMeetings(Caller Caller, CommunityId Community, ProjectId? Project, PageRequest Page) : IQuery<Paged<MeetingLine>>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}
