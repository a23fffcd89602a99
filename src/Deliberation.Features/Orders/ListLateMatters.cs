using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>Something that an order can be issued about.</summary>
/// <param name="Task">Null: the project as a whole.</param>
/// <param name="Post">Who is accountable now; of a project, the community.</param>
/// <param name="FirstPost">Who was asked first.</param>
/// <param name="DueAt">When it should have been done, or will have to be.</param>
/// <param name="Rung">Steps climbed; 0 = none.</param>
/// <param name="OpenOrders">Orders about it that are not closed.</param>
public sealed record LateMatter(
    CommunityId Community, string CommunityName, ProjectId Project, string ProjectTitle, TaskId? Task, string? TaskTitle, string Post, string FirstPost, DateTimeOffset DueAt, int Rung, int OpenOrders);

/// <param name="Posts">Posts of each community, the ladder first.</param>
public sealed record LateMatters(DateTimeOffset Now, Paged<LateMatter> Matters, ILookup<CommunityId, string> Posts);

/// <summary>Late tasks and the projects they hold up, of all communities of the reader; the latest first.</summary>
/// <param name="Community">Any of the reader's: opens the door.</param>
public sealed record ListLateMatters(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<LateMatters>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class ListLateMattersHandler(CouncilSession session) : IRequestHandler<ListLateMatters, Result<LateMatters>>
{
    public async Task<Result<LateMatters>> Handle(ListLateMatters request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var values = new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), now };
        var matters = await connection.PageAsync<LateMatter, LateMatter>(
            $"""
            with late as (
                select t.community_id, t.project_id, t.task_id, t.title, t.post_code, t.first_post, t.due_at, t.rung
                from work_task t join project p using (community_id, project_id)
                where t.community_id = any(@communities) and t.state = 'Open' and (t.due_at < @now or t.rung > 0)
                  and p.state not in ('Draft', 'Suspended') and p.state not in {ProjectStates.Over}),
            matter as (
                select * from late
                union all
                select community_id, project_id, null, null, 'Community', 'Community', min(due_at), 0 from late group by 1, 2)
            select m.community_id as community, c.name as community_name, m.project_id as project, p.title as project_title, m.task_id as task, m.title as task_title,
                m.post_code as post, m.first_post, m.due_at, m.rung,
                (select count(*)::int from supervision_order o
                    where o.community_id = m.community_id and o.project_id = m.project_id and o.task_id is not distinct from m.task_id and o.state <> 'Closed') as open_orders
            from matter m join community c using (community_id) join project p using (community_id, project_id)
            """,
            "due_at, project, task nulls first", values, request.Page, matter => matter, cancellationToken);
        var posts = await connection.RowsAsync<PostRow>(
            "select community_id, post_code from post where community_id = any(@communities) order by rung nulls last, post_code", values, cancellationToken);
        return new LateMatters(now, matters, posts.ToLookup(post => post.CommunityId, post => post.PostCode));
    }

    private sealed record PostRow(CommunityId CommunityId, string PostCode);
}
