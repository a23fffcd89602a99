using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>Who issued an order accepts its answer: it is closed. Refused with <c>order.not-yours</c>, <c>order.own-answer</c>, <c>order.not-answered</c>.</summary>
public sealed record AcceptOrder(Caller Caller, CommunityId Community, Guid Order) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

/// <summary>Gives the answer back: the order is open again and due anew. Refused as <see cref="AcceptOrder"/>, and with <c>task.reason-missing</c>, <c>task.reason-too-long</c>, <c>order.days-bounds</c>.</summary>
/// <param name="Reason">What is missing; 1 to 300 characters, residents read it.</param>
/// <param name="WorkingDays">1 to 60, from now.</param>
public sealed record ReturnOrder(Caller Caller, CommunityId Community, Guid Order, string Reason, int WorkingDays) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class JudgeOrderHandler(CouncilSession session) : IRequestHandler<AcceptOrder, Result<Done>>, IRequestHandler<ReturnOrder, Result<Done>>
{
    public async Task<Result<Done>> Handle(AcceptOrder request, CancellationToken cancellationToken)
    {
        var found = await OpenAsync(request.Caller, request.Community, request.Order, cancellationToken);
        if (found is Result<Answered>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (order, now) = found.Require();
        await session.Connection.RunAsync(
            "update supervision_order set state = 'Closed', closed_at = @now where community_id = @Community and order_id = @Order",
            new { now, request.Community, request.Order },
            cancellationToken);
        await session.Connection.AddOrderEventAsync(request.Community, order.OrderId, now, "Accepted", cancellationToken, request.Caller.Staff);
        await RecordAsync(request.Caller, request.Community, order, nameof(AcceptOrder), "order.timeline.accepted", now, null, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(ReturnOrder request, CancellationToken cancellationToken)
    {
        if (TaskActs.ReasonFault(request.Reason) is { } fault)
        {
            return fault;
        }

        if (request.WorkingDays is < 1 or > Ordering.LongestDays)
        {
            return OrderRefusals.DaysBounds;
        }

        var found = await OpenAsync(request.Caller, request.Community, request.Order, cancellationToken);
        if (found is Result<Answered>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var connection = session.Connection;
        var (order, now) = found.Require();
        var (dueAt, remindAt) = await connection.OrderDatesAsync(request.Community, request.WorkingDays, now, cancellationToken);
        await connection.RunAsync(
            """
            update supervision_order
            set state = 'Open', working_days = @WorkingDays, due_at = @dueAt, remind_at = @remindAt, reminded_at = null, overdue_told_at = null, answered_at = null, answered_by = null
            where community_id = @Community and order_id = @Order
            """,
            new { request.WorkingDays, dueAt, remindAt, request.Community, request.Order },
            cancellationToken);
        await connection.AddOrderEventAsync(request.Community, order.OrderId, now, "Returned", cancellationToken, request.Caller.Staff, request.Reason);
        JsonObject values = new() { ["what"] = order.What, ["dueAt"] = dueAt, ["reason"] = request.Reason };
        await connection.TellPostOrAboveAsync(
            new PostMessage
            {
                Community = request.Community, Post = order.PostCode, DedupKey = $"order:{order.OrderId}:returned:{now.UtcTicks}", TextKey = "order.message.returned",
                Values = values, ReasonKey = "task.reason.post", Link = order.Link, Now = now,
            },
            cancellationToken);
        await RecordAsync(request.Caller, request.Community, order, nameof(ReturnOrder), "order.timeline.returned", now, request.Reason, cancellationToken);
        return Done.Value;
    }

    private async Task<Result<Answered>> OpenAsync(Caller caller, CommunityId community, Guid id, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockOrderAsync(community, id, cancellationToken) is not { } order)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        return !await connection.MayJudgeAsync(caller, community, order.IssuedBy, order.IssuedPost, now, cancellationToken) ? OrderRefusals.NotYours
            : order.State != "Answered" ? OrderRefusals.NotAnswered
            : order.AnsweredBy is { } answered && answered == caller.Staff ? OrderRefusals.OwnAnswer
            : new Answered(order, now);
    }

    private async Task RecordAsync(
        Caller caller, CommunityId community, OrderRow order, string action, string textKey, DateTimeOffset now, string? reason, CancellationToken cancellationToken)
    {
        if (order.ProjectId is { } project)
        {
            JsonObject values = new() { ["what"] = order.What, ["post"] = order.PostCode, ["reason"] = reason ?? "" };
            await session.Connection.OrderTimelineAsync(caller, community, project, order.OrderId, now, textKey, values, cancellationToken);
        }

        await session.Connection.AuditAsync(caller, community, action, $"order:{order.OrderId}", now, cancellationToken, reason);
    }

    private sealed record Answered(OrderRow Order, DateTimeOffset Now);
}
