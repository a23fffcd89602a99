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

internal sealed class ListMeetingsHandler(CouncilSession session) : IRequestHandler<ListMeetings, Result<Paged<MeetingLine>>>
{
    public async Task<Result<Paged<MeetingLine>>> Handle(ListMeetings request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MeetingLine, MeetingLine>(
            """
            select m.meeting_id as id, m.project_id as project, p.title as project_title, m.kind, m.round, m.theme, m.meets_at, m.state, m.outcome, m.minutes_state
            from meeting m join project p using (community_id, project_id)
            where m.community_id = @community and (@project::uuid is null or m.project_id = @project::uuid)
            """,
            "(state = 'Concluded'), meets_at desc, id",
            new { request.Community, project = request.Project?.Value },
            request.Page,
            line => line,
            cancellationToken);
}
