using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Boards;

/// <summary>A community on the board.</summary>
/// <param name="ByStage">Running projects by stage; one that is in two stages at once counts in both, so the sum may exceed <paramref name="Running"/>. A stage without projects is absent.</param>
/// <param name="LastEventAt">Last line on any timeline; null when nothing ever happened.</param>
public sealed record BoardLine(CommunityId Community, string Name, string Subdistrict, int Running, int Closed, int Suspended, int OverdueTasks, IReadOnlyDictionary<Stage, int> ByStage, DateTimeOffset? LastEventAt);

/// <summary>All communities the caller may see, by subdistrict and name.</summary>
/// <param name="Community">Any one of them: opens the door.</param>
public sealed record ListBoard(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<BoardLine>>
{
    public Audience Audience => Audience.Official | Audience.Supervisor | Audience.Admin;
}

internal sealed class ListBoardHandler(CouncilSession session) : IRequestHandler<ListBoard, Result<IReadOnlyList<BoardLine>>>
{
    public async Task<Result<IReadOnlyList<BoardLine>>> Handle(ListBoard request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var communities = request.Caller.Communities.Select(community => community.Value).ToArray();
        var rows = await session.Connection.RowsAsync<Row>(
            $"""
            select c.community_id, c.name, c.subdistrict,
                count(p.project_id) filter (where p.state not in ('Draft', 'Suspended') and p.state not in {ProjectStates.Over})::int as running,
                count(p.project_id) filter (where p.state = 'Closed')::int as closed,
                count(p.project_id) filter (where p.state = 'Suspended')::int as suspended,
                (select count(*)::int from work_task t where t.community_id = c.community_id and t.state = 'Open' and t.due_at < @now) as overdue_tasks,
                (select max(e.at) from project_event e where e.community_id = c.community_id) as last_event_at
            from community c left join project p using (community_id)
            where c.community_id = any(@communities)
            group by c.community_id, c.name, c.subdistrict
            order by c.subdistrict, c.name
            """,
            new { communities, now },
            cancellationToken);
        var stages = await session.Connection.RowsAsync<StageCount>(
            $"""
            select p.community_id, running.stage, count(*)::int as projects
            from project p cross join lateral unnest({RunningStages.Of}) as running(stage)
            where p.community_id = any(@communities) and p.state not in ('Draft', 'Suspended') and p.state not in {ProjectStates.Over}
            group by p.community_id, running.stage
            """,
            new { communities },
            cancellationToken);
        var byCommunity = stages.ToLookup(count => count.CommunityId);
        return new Result<IReadOnlyList<BoardLine>>.Accepted(
        [
            .. rows.Select(row => new BoardLine(
                row.CommunityId, row.Name, row.Subdistrict, row.Running, row.Closed, row.Suspended, row.OverdueTasks,
                byCommunity[row.CommunityId].ToDictionary(count => count.Stage, count => count.Projects), row.LastEventAt)),
        ]);
    }

    private sealed record Row(CommunityId CommunityId, string Name, string Subdistrict, int Running, int Closed, int Suspended, int OverdueTasks, DateTimeOffset? LastEventAt);

    private sealed record StageCount(CommunityId CommunityId, Stage Stage, int Projects);
}
