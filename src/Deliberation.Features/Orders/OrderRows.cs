using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Orders;

/// <summary>A supervised order as stored, locked.</summary>
internal sealed record OrderRow(
    Guid OrderId,
    ProjectId? ProjectId,
    TaskId? TaskId,
    string PostCode,
    string What,
    int WorkingDays,
    StaffId? IssuedBy,
    string? IssuedPost,
    DateTimeOffset IssuedAt,
    DateTimeOffset DueAt,
    string State,
    StaffId? AnsweredBy,
    Guid? BatchId)
{
    public string Link => OrderRows.Link(OrderId);
}

internal static class OrderRows
{
    private const string Columns = "order_id, project_id, task_id, post_code, what, working_days, issued_by, issued_post, issued_at, due_at, state, answered_by, batch_id";

    public static string Link(Guid order) => $"/board/orders/{order}";

    /// <summary>Locks an order of the community; null when there is none.</summary>
    public static Task<OrderRow?> LockOrderAsync(this NpgsqlConnection connection, CommunityId community, Guid order, CancellationToken cancellationToken) =>
        connection.RowAsync<OrderRow>(
            $"select {Columns} from supervision_order where community_id = @community and order_id = @order for update", new { community, order }, cancellationToken);

    /// <summary>Locks what is not closed of a task's orders.</summary>
    public static Task<IReadOnlyList<OrderRow>> LockOrdersOfTaskAsync(this NpgsqlConnection connection, CommunityId community, TaskId task, CancellationToken cancellationToken) =>
        connection.RowsAsync<OrderRow>(
            $"select {Columns} from supervision_order where community_id = @community and task_id = @task and state <> 'Closed' order by order_id for update",
            new { community, task },
            cancellationToken);

    public static Task AddOrderEventAsync(
        this NpgsqlConnection connection, CommunityId community, Guid order, DateTimeOffset now, string kind, CancellationToken cancellationToken,
        StaffId? actor = null, string words = "", PhotoProof? photo = null) =>
        connection.RunAsync(
            """
            insert into supervision_order_event (community_id, order_id, event_id, at, kind, actor_id, words, photo_type, photo)
            values (@community, @order, @id, @now, @kind, @actor::uuid, @words, @photoType, @content)
            """,
            new { community, order, id = Guid.CreateVersion7(), now, kind, actor = actor?.Value, words, photoType = photo?.MediaType, content = photo?.Content },
            cancellationToken);

    /// <summary>What still waits for the morning is not sent any more.</summary>
    public static Task ForgetRemindersAsync(this NpgsqlConnection connection, CommunityId community, Guid order, CancellationToken cancellationToken) =>
        connection.RunAsync(
            "delete from outbox_message where community_id = @community and sent_at is null and dedup_key like @reminders",
            new { community, reminders = $"order:{order}:tell:%" },
            cancellationToken);
}

/// <summary>A photo that proves an answer.</summary>
public sealed record PhotoProof(string MediaType, byte[] Content);
