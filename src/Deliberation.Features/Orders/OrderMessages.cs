using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres.Outbox;
using Npgsql;

namespace Deliberation.Features.Orders;

internal static class OrderMessages
{
    /// <summary>Tells who issued an order; of one that the ladder issued, who acts for the post at its top.</summary>
    public static async Task TellIssuerAsync(
        this NpgsqlConnection connection, CommunityId community, OrderRow order, string textKey, string dedup, JsonObject values, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (order.IssuedBy is not { } issuer)
        {
            await connection.TellPostAsync(
                new PostMessage { Community = community, Post = order.IssuedPost!, DedupKey = dedup, TextKey = textKey, Values = values, ReasonKey = "order.reason.issued", Link = order.Link, Now = now },
                cancellationToken);
            return;
        }

        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = community, DedupKey = dedup, Staff = issuer, Project = order.ProjectId, TextKey = textKey, Values = values, ReasonKey = "order.reason.issued", Link = order.Link,
                CouncilAt = now, NotBefore = await connection.NotBeforeAsync(community, now, cancellationToken),
            },
            cancellationToken);
    }

    /// <summary>A task that is done, or that nothing waits for any more, settles the orders about it.</summary>
    /// <param name="isDone">True: who issued one reads it as its answer; false, and where the ladder issued it: closed.</param>
    public static async Task SettleOrdersAsync(
        this NpgsqlConnection connection, CommunityId community, TaskId task, StaffId? actor, bool isDone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var order in await connection.LockOrdersOfTaskAsync(community, task, cancellationToken))
        {
            var isClosed = !isDone || order.IssuedBy is null;
            if (!isClosed && order.State == "Answered")
            {
                continue; // answered already, and waits to be judged
            }

            await connection.RunAsync(
                """
                update supervision_order set state = @state, closed_at = @closedAt, answered_at = coalesce(answered_at, @now), answered_by = coalesce(answered_by, @actor::uuid)
                where community_id = @community and order_id = @OrderId
                """,
                new { state = isClosed ? "Closed" : "Answered", closedAt = isClosed ? now : (DateTimeOffset?)null, now, actor = actor?.Value, community, order.OrderId },
                cancellationToken);
            await connection.AddOrderEventAsync(community, order.OrderId, now, "Settled", cancellationToken, actor);
            await connection.ForgetRemindersAsync(community, order.OrderId, cancellationToken);
            if (!isClosed)
            {
                await connection.TellIssuerAsync(
                    community, order, "order.message.settled", $"order:{order.OrderId}:settled:{now.UtcTicks}", new JsonObject { ["what"] = order.What, ["post"] = order.PostCode }, now, cancellationToken);
            }
        }
    }
}
