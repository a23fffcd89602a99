using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Pledges;

public sealed record MyPledge(Guid Id, ProjectId Project, string ProjectTitle, string Kind, string Text, long Quantity, DateOnly DueOn, string State, bool IsOverdue);

/// <summary>The calling resident's promises, open ones first.</summary>
public sealed record ListMyPledges(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<MyPledge>>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class ListMyPledgesHandler(CouncilSession session) : IRequestHandler<ListMyPledges, Result<IReadOnlyList<MyPledge>>>
{
    public async Task<Result<IReadOnlyList<MyPledge>>> Handle(ListMyPledges request, CancellationToken cancellationToken)
    {
        var today = WorkingCalendar.China.DayOf(await session.Connection.CouncilNowAsync(cancellationToken));
        var rows = await session.Connection.RowsAsync<MyPledge>(
            """
            select p.pledge_id as id, b.project_id as project, j.title as project_title, n.kind, n.text, p.quantity, p.due_on, p.state,
                p.state = 'Promised' and p.due_on < @today as is_overdue
            from pledge p
            join pledge_board b using (community_id, board_id)
            join pledge_need n using (community_id, board_id, need_id)
            join project j on j.community_id = b.community_id and j.project_id = b.project_id
            where p.community_id = @community and p.resident_id = @resident::uuid and p.state <> 'Withdrawn'
            order by (p.state <> 'Promised'), p.due_on, p.pledge_id
            """,
            new { request.Community, resident = request.Caller.Resident?.Value, today },
            cancellationToken);
        return new Result<IReadOnlyList<MyPledge>>.Accepted(rows);
    }
}
