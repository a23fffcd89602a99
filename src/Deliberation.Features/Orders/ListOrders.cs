using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>Which orders are shown.</summary>
public enum OrderView
{
    /// <summary>Not answered, overdue or not.</summary>
    Open,

    /// <summary>Not answered, and should have been.</summary>
    Overdue,

    /// <summary>Answered; who issued it has not judged yet.</summary>
    Answered,

    Closed,
}

/// <summary>An order in a list.</summary>
/// <param name="Project">What it is about; null: it is part of a task for all holders of its post.</param>
/// <param name="Task">Its late task; null: the project as a whole.</param>
/// <param name="IssuedBy">Name of who issued it; null: the ladder did at its top.</param>
/// <param name="State">Open, Answered or Closed.</param>
public sealed record OrderLine(
    Guid Id,
    CommunityId Community,
    string CommunityName,
    ProjectId? Project,
    string? ProjectTitle,
    TaskId? Task,
    string? TaskTitle,
    string Post,
    string What,
    string? IssuedBy,
    string? IssuedPost,
    DateTimeOffset IssuedAt,
    DateTimeOffset DueAt,
    string State,
    DateTimeOffset? AnsweredAt,
    Guid? Batch);

/// <param name="Counts">Of each view, without paging.</param>
/// <param name="Waiting">Items of the upper body's agenda that wait for its decision.</param>
public sealed record OrderList(DateTimeOffset Now, Paged<OrderLine> Orders, IReadOnlyDictionary<OrderView, int> Counts, int Waiting);

/// <summary>Orders about late matters in all communities of the reader, the next due first.</summary>
/// <param name="Community">Any of the reader's: opens the door.</param>
public sealed record ListOrders(Caller Caller, CommunityId Community, OrderView View, PageRequest Page) : IQuery<OrderList>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>Orders about a task, the newest first.</summary>
public sealed record ListOrdersOfTask(Caller Caller, CommunityId Community, TaskId Task) : IQuery<IReadOnlyList<OrderLine>>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>Orders and tasks for all that wait for the reader in a community: to be answered, or to be judged. The next due first.</summary>
public sealed record ListMyOrders(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<OrderLine>>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListOrdersHandler(CouncilSession session) :
    IRequestHandler<ListOrders, Result<OrderList>>,
    IRequestHandler<ListOrdersOfTask, Result<IReadOnlyList<OrderLine>>>,
    IRequestHandler<ListMyOrders, Result<IReadOnlyList<OrderLine>>>
{
    internal const string Lines =
        """
        select o.order_id as id, o.community_id as community, c.name as community_name, o.project_id as project, p.title as project_title, o.task_id as task, t.title as task_title,
            o.post_code as post, o.what, s.display_name as issued_by, o.issued_post, o.issued_at, o.due_at, o.state, o.answered_at, o.batch_id as batch
        from supervision_order o
        join community c using (community_id)
        left join project p on p.community_id = o.community_id and p.project_id = o.project_id
        left join work_task t on t.community_id = o.community_id and t.task_id = o.task_id
        left join staff s on s.staff_id = o.issued_by
        """;

    private const string Waiting =
        "select count(*)::int from upper_agenda_item i join work_task t using (community_id, task_id) where i.community_id = any(@communities) and i.decided_at is null and t.state = 'Open'";

    public async Task<Result<OrderList>> Handle(ListOrders request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var values = new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), now };
        var orders = await connection.PageAsync<OrderLine, OrderLine>(
            $"{Lines} where o.community_id = any(@communities) and o.batch_id is null and {Where(request.View)}", request.View == OrderView.Closed ? "due_at desc, id" : "due_at, id", values, request.Page, line => line, cancellationToken);
        var counts = new Dictionary<OrderView, int>();
        foreach (var view in Enum.GetValues<OrderView>())
        {
            counts[view] = await connection.ScalarAsync<int>($"select count(*)::int from supervision_order o where o.community_id = any(@communities) and o.batch_id is null and {Where(view)}", values, cancellationToken);
        }

        return new OrderList(now, orders, counts, await connection.ScalarAsync<int>(Waiting, values, cancellationToken));
    }

    public async Task<Result<IReadOnlyList<OrderLine>>> Handle(ListOrdersOfTask request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<OrderLine>>.Accepted(await session.Connection.RowsAsync<OrderLine>(
            $"{Lines} where o.community_id = @Community and o.task_id = @Task order by o.issued_at desc", new { request.Community, request.Task }, cancellationToken));

    public async Task<Result<IReadOnlyList<OrderLine>>> Handle(ListMyOrders request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        return new Result<IReadOnlyList<OrderLine>>.Accepted(await session.Connection.RowsAsync<OrderLine>(
            $"""
            {Lines}
            where o.community_id = @Community and (
                o.state = 'Open' and o.post_code = any (answering_posts(@Community, @now, @staff::uuid))
                or o.state = 'Answered' and (o.issued_by = @staff::uuid
                    or o.issued_post in (select post_code from acting_holder(@Community, @now) where staff_id = @staff::uuid)))
            order by o.due_at, o.order_id
            """,
            new { request.Community, now, staff = request.Caller.Staff?.Value },
            cancellationToken));
    }

    private static string Where(OrderView view) => view switch
    {
        OrderView.Overdue => "o.state = 'Open' and o.due_at < @now",
        OrderView.Answered => "o.state = 'Answered'",
        OrderView.Closed => "o.state = 'Closed'",
        _ => "o.state = 'Open'",
    };
}
