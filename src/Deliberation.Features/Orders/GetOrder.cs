using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>Something that happened to an order, oldest first.</summary>
/// <param name="Kind">Issued, Reminded, Overdue, Answered, Returned, Accepted or Settled.</param>
/// <param name="Actor">Null: a rule did it.</param>
public sealed record OrderEvent(Guid Id, DateTimeOffset At, string Kind, string? Actor, string Words, bool HasPhoto);

/// <param name="MayAnswer">It is open, and the reader acts for its post.</param>
/// <param name="MayJudge">It is answered, by another, and the reader accepts or returns it.</param>
/// <param name="IsTaskOpen">False when the task that it is about is done or gone.</param>
public sealed record OrderPage(DateTimeOffset Now, OrderLine Order, int WorkingDays, bool IsTaskOpen, IReadOnlyList<OrderEvent> History, bool MayAnswer, bool MayJudge);

/// <summary>One order, of any community of the reader.</summary>
/// <param name="Community">Any of the reader's: opens the door.</param>
public sealed record GetOrder(Caller Caller, CommunityId Community, Guid Order) : IQuery<OrderPage>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>The photo of an answer.</summary>
public sealed record GetOrderPhoto(Caller Caller, CommunityId Community, Guid Order, Guid Event) : IQuery<PhotoProof>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetOrderHandler(CouncilSession session) : IRequestHandler<GetOrder, Result<OrderPage>>, IRequestHandler<GetOrderPhoto, Result<PhotoProof>>
{
    public async Task<Result<OrderPage>> Handle(GetOrder request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), request.Order };
        if (await connection.RowAsync<OrderLine>($"{ListOrdersHandler.Lines} where o.community_id = any(@communities) and o.order_id = @Order", values, cancellationToken) is not { } line)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var rights = (await connection.RowAsync<Rights>(
            """
            select o.working_days, o.issued_by, o.issued_post, o.answered_by, coalesce(t.state = 'Open', true) as is_task_open
            from supervision_order o left join work_task t on t.community_id = o.community_id and t.task_id = o.task_id
            where o.community_id = any(@communities) and o.order_id = @Order
            """,
            values,
            cancellationToken))!;
        var history = await connection.RowsAsync<OrderEvent>(
            """
            select e.event_id as id, e.at, e.kind, s.display_name as actor, e.words, e.photo is not null as has_photo
            from supervision_order_event e left join staff s on s.staff_id = e.actor_id
            where e.community_id = any(@communities) and e.order_id = @Order order by e.at, e.event_id
            """,
            values,
            cancellationToken);
        return new OrderPage(
            now, line, rights.WorkingDays, rights.IsTaskOpen, history,
            line.State == "Open" && await connection.MayAnswerAsync(request.Caller, line.Community, line.Post, now, cancellationToken),
            line.State == "Answered" && (rights.AnsweredBy is null || rights.AnsweredBy != request.Caller.Staff)
                && await connection.MayJudgeAsync(request.Caller, line.Community, rights.IssuedBy, rights.IssuedPost, now, cancellationToken));
    }

    public async Task<Result<PhotoProof>> Handle(GetOrderPhoto request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<PhotoProof>(
            "select photo_type as media_type, photo as content from supervision_order_event where community_id = any(@communities) and order_id = @Order and event_id = @Event and photo is not null",
            new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), request.Order, request.Event },
            cancellationToken) is { } photo ? photo : AccessRefusals.NotFound;

    private sealed record Rights(int WorkingDays, StaffId? IssuedBy, string? IssuedPost, StaffId? AnsweredBy, bool IsTaskOpen);
}
