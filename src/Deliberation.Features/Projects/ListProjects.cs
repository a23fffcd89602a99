using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A project in a list.</summary>
/// <param name="Stage">The stage entered last.</param>
/// <param name="OverdueTasks">Open tasks past their due instant.</param>
/// <param name="NextDueAt">The soonest instant still ahead among open tasks, windows and meetings; null when there is none or the project does not run.</param>
/// <param name="NextKind">What it is of: Task, or a kind of <see cref="AskedNow"/>.</param>
/// <param name="Running">Every stage that runs now, in their order: a committee is elected while the plan is made.</param>
public sealed record ProjectLine(
    ProjectId Id,
    string Title,
    string State,
    Stage? Stage,
    string TemplateId,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? ClosedAt,
    int OverdueTasks,
    DateTimeOffset? NextDueAt,
    string? NextKind,
    IReadOnlyList<Stage> Running);

/// <summary>The community's projects, running ones first, newest first.</summary>
/// <param name="State">Only this state; null = all but drafts.</param>
/// <param name="Stage">Only those in this stage, be it one of two; null = all.</param>
/// <param name="Search">Part of a title; null or empty = all.</param>
/// <param name="HasTasks">Whether a task may be the next date; false in residents' lists, for tasks are staff's.</param>
public sealed record ListProjects(
    Caller Caller, CommunityId Community, string? State, Stage? Stage, string? Search, PageRequest Page, bool HasTasks = true) : IQuery<Paged<ProjectLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListProjectsHandler(CouncilSession session) : IRequestHandler<ListProjects, Result<Paged<ProjectLine>>>
{
    public async Task<Result<Paged<ProjectLine>>> Handle(ListProjects request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        return await session.Connection.PageAsync<Row, ProjectLine>(
            $"""
            select p.project_id as id, p.title, p.state, p.stage, p.template_id, p.launched_at, p.closed_at,
                (select count(*)::int from work_task t where t.community_id = p.community_id and t.project_id = p.project_id and t.state = 'Open' and t.due_at < @now) as overdue_tasks,
                next.at as next_due_at, next.kind as next_kind, {RunningStages.Of} as running
            from project p
            left join lateral ({Next}) next on p.state <> 'Suspended' and p.state not in {ProjectStates.Over}
            where p.community_id = @community and p.state <> 'Draft'
              and (@state::text is null or p.state = @state)
              and (@stage::text is null or @stage = any({RunningStages.Of}))
              and (@search::text is null or strpos(lower(p.title), lower(@search)) > 0)
            """,
            $"(state in {ProjectStates.Over}), launched_at desc nulls last, id",
            new
            {
                request.Community,
                request.State,
                stage = request.Stage?.ToString(),
                search = string.IsNullOrWhiteSpace(request.Search) ? null : request.Search.Trim(),
                now,
                request.HasTasks,
            },
            request.Page,
            row => new ProjectLine(
                row.Id, row.Title, row.State, row.Stage, row.TemplateId, row.LaunchedAt, row.ClosedAt, row.OverdueTasks, row.NextDueAt, row.NextKind,
                [.. row.Running.Select(Enum.Parse<Stage>).Order()]),
            cancellationToken);
    }

    /// <summary>The soonest of all that is open. What is overdue is counted beside it and is no next date.</summary>
    private const string Next =
        """
        select kind, at from (
            select 'Task' as kind, due_at as at from work_task o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open' and @hasTasks
            union all select 'Ballot', closes_at from ballot o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open'
            union all select 'Notice', closes_at from notice o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open'
            union all select 'Meeting', meets_at from meeting o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Called'
            union all select 'Visit', until_at from visit_round o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open'
            union all select 'Pledge', closes_at from pledge_board o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open'
            union all select 'Covenant', comments_until from covenant o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Draft'
            union all select 'Evaluation', closes_at from evaluation o where o.community_id = p.community_id and o.project_id = p.project_id and o.state = 'Open'
        ) ahead where at > @now order by at, kind limit 1
        """;

    private sealed record Row(
        ProjectId Id, string Title, string State, Stage? Stage, string TemplateId, DateTimeOffset? LaunchedAt, DateTimeOffset? ClosedAt,
        int OverdueTasks, DateTimeOffset? NextDueAt, string? NextKind, string[] Running);
}
