using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Workflows.Activities;
using Npgsql;

namespace Deliberation.Postgres.Scheduling;

/// <summary>A piece of work whose instance is locked by the caller's transaction: a timer that is due, or an event that waits.</summary>
/// <param name="EventId">Set for events; null for timers.</param>
/// <param name="DueAt">Set for timers.</param>
public sealed record DueItem(
    CommunityId Community,
    Guid InstanceId,
    string BookmarkId,
    string Name,
    string ActivityId,
    Guid? EventId,
    JsonNode? Payload,
    DateTimeOffset? DueAt,
    CatchUp CatchUp,
    int Attempts)
{
    /// <summary>A reminder found later than this is dropped: it would only confuse.</summary>
    public static readonly TimeSpan SkippedAfter = TimeSpan.FromDays(1);

    /// <summary>True when the timer is to be consumed as <c>Skipped</c>, without a step.</summary>
    /// <param name="now">Council time.</param>
    public bool IsTooLate(DateTimeOffset now) => CatchUp == CatchUp.Skip && DueAt is { } due && now - due > SkippedAfter;
}

/// <summary>Claims due work. The instance's row lock is the claim: a node that dies releases it, nobody else can hold it.</summary>
public static class DueWork
{
    /// <summary>After so many failures a timer or event is parked and shown to staff.</summary>
    public const int MaxAttempts = 8;

    // The clock stands in a subselect: a volatile function is no index condition, and a look at a million timers that are not due must cost nothing.
    // One statement and one round trip: the timers are looked at only where no event waits.
    private const string Claim =
        """
        with event as (
            select e.community_id, e.instance_id, b.bookmark_id, b.name, b.activity_id, e.event_id, e.payload::text as payload, null::timestamptz as due_at, 'Once' as catch_up, e.attempts
            from workflow_inbox e
            join workflow_instance i using (community_id, instance_id)
            join workflow_bookmark b on b.community_id = e.community_id and b.instance_id = e.instance_id and b.name = e.name
                and (e.visit_id is null or b.visit_id = e.visit_id) and b.key is not distinct from e.key
            where e.parked_at is null and (e.retry_at is null or e.retry_at <= (select clock_timestamp()))
              and i.paused_at is null and i.status = 'Running'
            order by e.created_at, e.event_id
            limit 1
            for no key update of i skip locked
        ), timer as (
            select t.community_id, t.instance_id, t.bookmark_id, b.name, b.activity_id, null::uuid as event_id, null::text as payload, t.due_at, t.catch_up, t.attempts
            from workflow_timer t
            join workflow_instance i using (community_id, instance_id)
            join workflow_bookmark b using (community_id, instance_id, bookmark_id)
            where not exists (select from event)
              and t.due_at <= (select council_now()) and t.parked_at is null and (t.retry_at is null or t.retry_at <= (select clock_timestamp()))
              and i.paused_at is null and i.status = 'Running'
            order by t.due_at, t.instance_id, t.bookmark_id
            limit 1
            for no key update of i skip locked
        )
        select * from event union all select * from timer
        """;

    /// <summary>Claims one event or timer, events first: an answer that arrived before the deadline's timer fired counts.</summary>
    /// <returns>Null when nothing is due or all of it is in other hands.</returns>
    public static async Task<DueItem?> ClaimDueAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Claim, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new DueItem(
            new CommunityId(reader.GetInt32(0)),
            reader.GetGuid(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetString(4),
            reader.IsDBNull(5) ? null : reader.GetGuid(5),
            reader.IsDBNull(6) ? null : JsonNode.Parse(reader.GetString(6)),
            reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            Enum.Parse<CatchUp>(reader.GetString(8)),
            reader.GetInt32(9));
    }

    /// <summary>Takes the claimed item away, in the transaction of the step it caused. A fired timer leaves a line with its lateness.</summary>
    /// <param name="outcome">Fired or Skipped.</param>
    /// <returns>False when it was gone already: the step must not run.</returns>
    public static async Task<bool> ConsumeAsync(this NpgsqlConnection connection, DueItem item, string outcome, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (item.EventId is { } eventId)
        {
            return await connection.ExecuteAsync(new CommandDefinition(
                "delete from workflow_inbox where community_id = @community and instance_id = @instanceId and event_id = @eventId",
                new { community = item.Community.Value, item.InstanceId, eventId },
                cancellationToken: cancellationToken)) == 1;
        }

        return await connection.ExecuteAsync(new CommandDefinition(
            """
            with gone as (
                delete from workflow_timer
                where community_id = @community and instance_id = @instanceId and bookmark_id = @bookmarkId and due_at = @dueAt
                returning due_at)
            insert into workflow_timer_log (community_id, log_id, instance_id, bookmark_id, name, activity_id, due_at, fired_at, lateness_ms, outcome)
            select @community, @id, @instanceId, @bookmarkId, @name, @activityId, due_at, @now, greatest(0, extract(epoch from (@now - due_at)) * 1000)::bigint, @outcome
            from gone
            """,
            new
            {
                community = item.Community.Value,
                id = Guid.CreateVersion7(),
                item.InstanceId,
                item.BookmarkId,
                item.Name,
                item.ActivityId,
                item.DueAt,
                now,
                outcome,
            },
            cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Writes down that the item failed, in a transaction of its own: tried again after 2^n × 10 s of machine time, parked after <see cref="MaxAttempts"/>.</summary>
    public static Task RecordFailureAsync(this NpgsqlConnection connection, DueItem item, string error, CancellationToken cancellationToken)
    {
        var where = item.EventId is null ? "bookmark_id = @bookmarkId" : "event_id = @eventId";
        var table = item.EventId is null ? "workflow_timer" : "workflow_inbox";
        return connection.ExecuteAsync(new CommandDefinition(
            $"""
            update {table}
            set attempts = attempts + 1, last_error = left(@error, 2000),
                retry_at = clock_timestamp() + interval '10 seconds' * power(2, least(attempts, 12)),
                parked_at = case when attempts + 1 >= @max then clock_timestamp() end
            where community_id = @community and instance_id = @instanceId and {where}
            """,
            new { error, max = MaxAttempts, community = item.Community.Value, item.InstanceId, item.BookmarkId, item.EventId },
            cancellationToken: cancellationToken));
    }
}
