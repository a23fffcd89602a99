using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A project in a list.</summary>
/// <param name="OverdueTasks">Open tasks past their due instant.</param>
/// <param name="NextDueAt">Next due instant among open tasks and windows; null when none.</param>
public sealed record ProjectLine(
    ProjectId Id,
    string Title,
    string State,
    Stage? Stage,
    string TemplateId,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? ClosedAt,
    int OverdueTasks,
    DateTimeOffset? NextDueAt);

/// <summary>The community's projects, running ones first, newest first.</summary>
/// <param name="State">Only this state; null = all but drafts.</param>
/// <param name="Search">Part of a title; null or empty = all.</param>
public sealed record ListProjects(Caller Caller, CommunityId Community, string? State, Stage? Stage, string? Search, PageRequest Page) : IQuery<Paged<ProjectLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListProjectsHandler(CouncilSession session) : IRequestHandler<ListProjects, Result<Paged<ProjectLine>>>
{
    public async Task<Result<Paged<ProjectLine>>> Handle(ListProjects request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        return await session.Connection.PageAsync<ProjectLine, ProjectLine>(
            """
            select p.project_id as id, p.title, p.state, p.stage, p.template_id, p.launched_at, p.closed_at,
                (select count(*)::int from work_task t where t.community_id = p.community_id and t.project_id = p.project_id and t.state = 'Open' and t.due_at < @now) as overdue_tasks,
                (select min(t.due_at) from work_task t where t.community_id = p.community_id and t.project_id = p.project_id and t.state = 'Open') as next_due_at
            from project p
            where p.community_id = @community and p.state <> 'Draft'
              and (@state::text is null or p.state = @state)
              and (@stage::text is null or p.stage = @stage)
              and (@search::text is null or strpos(lower(p.title), lower(@search)) > 0)
            """,
            "(state in ('Closed', 'Cancelled', 'Withdrawn', 'Rejected', 'Merged')), launched_at desc nulls last, id",
            new
            {
                request.Community,
                request.State,
                stage = request.Stage?.ToString(),
                search = string.IsNullOrWhiteSpace(request.Search) ? null : request.Search.Trim(),
                now,
            },
            request.Page,
            line => line,
            cancellationToken);
    }
}
