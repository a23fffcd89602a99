using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

public sealed record NoticeLine(Guid Id, ProjectId Project, string ProjectTitle, string Kind, string Title, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome, int OpenObjections);

/// <summary>Notices, running ones first by closing instant, then newest first.</summary>
/// <param name="RunningOnly">Only those not decided.</param>
public sealed record ListNotices(Caller Caller, CommunityId Community, ProjectId? Project, bool RunningOnly, PageRequest Page) : IQuery<Paged<NoticeLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListNoticesHandler(CouncilSession session) : IRequestHandler<ListNotices, Result<Paged<NoticeLine>>>
{
    public async Task<Result<Paged<NoticeLine>>> Handle(ListNotices request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<NoticeLine, NoticeLine>(
            """
            select n.notice_id as id, n.project_id as project, p.title as project_title, n.kind, n.title, n.opens_at, n.closes_at, n.state, n.outcome,
                (select count(*)::int from objection o where o.community_id = n.community_id and o.notice_id = n.notice_id and o.state = 'Open') as open_objections
            from notice n join project p using (community_id, project_id)
            where n.community_id = @community and (@project::uuid is null or n.project_id = @project::uuid) and (not @runningOnly or n.state <> 'Decided')
            """,
            "(state = 'Decided'), case when state <> 'Decided' then closes_at end, opens_at desc, id",
            new { request.Community, project = request.Project?.Value, request.RunningOnly },
            request.Page,
            line => line,
            cancellationToken);
}
