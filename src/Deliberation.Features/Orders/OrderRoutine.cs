using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Agendas;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Orders;

/// <summary>The product reminds of an order that is not answered, or tells both that it is overdue.</summary>
public sealed record TellOfOrder(Caller Caller, CommunityId Community, Guid Order, bool IsOverdue) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>Orders are reminded of once and told of once when they are overdue; what the body at the top decided and is late again comes back to it.</summary>
internal sealed class OrderRoutine : IRoutine
{
    public async Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await connection.RowAsync<DueRow>(
            """
            (select community_id, order_id as id, 'Overdue' as act from supervision_order where state = 'Open' and overdue_told_at is null and due_at <= @now order by due_at limit 1)
            union all
            (select community_id, order_id, 'Remind' from supervision_order where state = 'Open' and reminded_at is null and remind_at <= @now order by remind_at limit 1)
            union all
            (select community_id, item_id, 'Again' from upper_agenda_item where again_at <= @now order by again_at limit 1)
            limit 1
            """,
            new { now },
            cancellationToken);
        return due is null ? null
            : due.Act == "Again" ? new RaiseAgain(Caller.System, due.CommunityId, due.Id)
            : new TellOfOrder(Caller.System, due.CommunityId, due.Id, due.Act == "Overdue");
    }

    private sealed record DueRow(CommunityId CommunityId, Guid Id, string Act);
}

internal sealed class TellOfOrderHandler(CouncilSession session) : IRequestHandler<TellOfOrder, Result<Done>>
{
    /// <summary>Found later than this (a server that was off), a message would only confuse: the list is red without it.</summary>
    private static readonly TimeSpan TooLate = TimeSpan.FromDays(1);

    public async Task<Result<Done>> Handle(TellOfOrder request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockOrderAsync(request.Community, request.Order, cancellationToken) is not { } order)
        {
            return OrderRefusals.NotDue;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var noted = await connection.RunAsync(
            """
            update supervision_order set reminded_at = coalesce(reminded_at, @now), overdue_told_at = case when @IsOverdue then @now else overdue_told_at end
            where community_id = @Community and order_id = @Order and state = 'Open'
                and case when @IsOverdue then overdue_told_at is null and due_at <= @now else reminded_at is null and remind_at <= @now end
            """,
            new { request.Community, request.Order, request.IsOverdue, now },
            cancellationToken);
        if (noted == 0)
        {
            return OrderRefusals.NotDue;
        }

        var isPaused = order.ProjectId is { } project && await connection.ScalarAsync<bool>(
            "select state in ('Suspended', 'Cancelled', 'Closed') from project where community_id = @Community and project_id = @project", new { request.Community, project }, cancellationToken);
        var isNews = !isPaused && (request.IsOverdue ? now < order.DueAt + TooLate : now < order.DueAt);
        if (isNews)
        {
            await TellAsync(request, order, now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(TellOfOrder), $"order:{order.OrderId}", now, cancellationToken,
            details: new JsonObject { ["overdue"] = request.IsOverdue, ["told"] = isNews });
        return Done.Value;
    }

    private async Task TellAsync(TellOfOrder request, OrderRow order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var act = request.IsOverdue ? "overdue" : "remind";
        var textKey = (request.IsOverdue, order.BatchId) switch
        {
            (true, null) => "order.message.overdue",
            (false, null) => "order.message.remind",
            (true, _) => "order.message.asked-overdue",
            _ => "order.message.asked-remind",
        };
        var dedup = $"order:{order.OrderId}:tell:{act}:{order.DueAt.UtcTicks}"; // a returned order is due anew
        JsonObject values = new() { ["what"] = order.What, ["post"] = order.PostCode, ["dueAt"] = order.DueAt };
        await connection.TellPostOrAboveAsync(
            new PostMessage { Community = request.Community, Post = order.PostCode, DedupKey = dedup, TextKey = textKey, Values = values, ReasonKey = "task.reason.post", Link = order.Link, Now = now },
            cancellationToken);
        if (request.IsOverdue && order.BatchId is null) // a task for all has its board
        {
            await connection.TellIssuerAsync(request.Community, order, "order.message.overdue-issuer", $"{dedup}:issuer", values, now, cancellationToken);
        }

        await connection.AddOrderEventAsync(request.Community, order.OrderId, now, request.IsOverdue ? "Overdue" : "Reminded", cancellationToken);
    }
}
