using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>A task for all holders of a post, as far as the reader's communities go.</summary>
/// <param name="DueAt">The last of them.</param>
/// <param name="Asked">Communities that were asked.</param>
/// <param name="Done">Communities that have done it.</param>
public sealed record TaskForAll(Guid Id, string Post, string What, string IssuedBy, DateTimeOffset IssuedAt, DateTimeOffset DueAt, int Asked, int Done);

/// <param name="Posts">Kinds of post that the reader's communities have, the ladder first.</param>
public sealed record TasksForAll(DateTimeOffset Now, Paged<TaskForAll> Tasks, IReadOnlyList<string> Posts);

/// <summary>Tasks for all, the newest first.</summary>
/// <param name="Community">Any of the reader's: opens the door.</param>
public sealed record ListTasksForAll(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<TasksForAll>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>A community on the board of a task for all.</summary>
/// <param name="Holder">Who acts for the post now; null while it is vacant.</param>
/// <param name="DoneAt">Null: not done.</param>
public sealed record TaskForAllLine(Guid Order, CommunityId Community, string CommunityName, string? Holder, DateTimeOffset DueAt, DateTimeOffset? DoneAt, string? DoneBy);

/// <summary>Who has done it and who has not: those who have not first, the next due on top.</summary>
public sealed record TaskForAllBoard(DateTimeOffset Now, TaskForAll Task, IReadOnlyList<TaskForAllLine> Lines);

public sealed record GetTaskForAll(Caller Caller, CommunityId Community, Guid Batch) : IQuery<TaskForAllBoard>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListTasksForAllHandler(CouncilSession session) : IRequestHandler<ListTasksForAll, Result<TasksForAll>>, IRequestHandler<GetTaskForAll, Result<TaskForAllBoard>>
{
    private const string Tasks =
        """
        select b.batch_id as id, b.post_code as post, b.what, s.display_name as issued_by, b.issued_at, max(o.due_at) as due_at,
            count(*)::int as asked, count(*) filter (where o.state <> 'Open')::int as done
        from task_for_all b join staff s on s.staff_id = b.issued_by join supervision_order o using (batch_id)
        where o.community_id = any(@communities)
        """;

    private const string Grouped = "group by b.batch_id, s.display_name";

    public async Task<Result<TasksForAll>> Handle(ListTasksForAll request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { communities = request.Caller.Communities.Select(community => community.Value).ToArray() };
        var tasks = await connection.PageAsync<TaskForAll, TaskForAll>($"{Tasks} {Grouped}", "issued_at desc, id", values, request.Page, task => task, cancellationToken);
        var posts = await connection.RowsAsync<string>(
            "select post_code from post where community_id = any(@communities) group by post_code order by min(rung) nulls last, post_code", values, cancellationToken);
        return new TasksForAll(await connection.CouncilNowAsync(cancellationToken), tasks, posts);
    }

    public async Task<Result<TaskForAllBoard>> Handle(GetTaskForAll request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var values = new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), request.Batch, now };
        if (await connection.RowAsync<TaskForAll>($"{Tasks} and b.batch_id = @Batch {Grouped}", values, cancellationToken) is not { } task)
        {
            return AccessRefusals.NotFound;
        }

        var lines = await connection.RowsAsync<TaskForAllLine>(
            """
            select o.order_id as "order", o.community_id as community, c.name as community_name,
                (select s.display_name from acting_holder(o.community_id, @now) a join staff s using (staff_id) where a.post_code = o.post_code order by a.held_from, a.staff_id limit 1) as holder,
                o.due_at, o.closed_at as done_at, d.display_name as done_by
            from supervision_order o join community c using (community_id) left join staff d on d.staff_id = o.answered_by
            where o.batch_id = @Batch and o.community_id = any(@communities)
            order by o.state <> 'Open', o.due_at, c.subdistrict, c.name, o.community_id
            """,
            values,
            cancellationToken);
        return new TaskForAllBoard(now, task, lines);
    }
}
