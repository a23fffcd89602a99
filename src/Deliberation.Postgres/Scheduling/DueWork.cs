using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Execution;
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

/// <summary>An instance that had something due when last looked at. Nothing is locked yet.</summary>
public readonly record struct DueInstance(CommunityId Community, Guid InstanceId);

/// <summary>A due item whose instance the caller's transaction has locked.</summary>
/// <param name="Now">Council time, read under the lock.</param>
/// <param name="Calendar">As it was under the lock.</param>
public sealed record DueStep(StoredInstance Instance, DueItem Item, DateTimeOffset Now, CalendarStamp Calendar);

/// <summary>Names a community's working calendar: every change gives it another stamp.</summary>
/// <param name="Stamp">Empty for a community that never changed the shipped calendar.</param>
public sealed record CalendarStamp(string Zone, Guid Stamp);

/// <summary>Finds and claims due work. The instance's row lock is the claim: a node that dies releases it, nobody else can hold it.</summary>
public static class DueWork
{
    /// <summary>After so many failures a timer or event is parked and shown to staff.</summary>
    public const int MaxAttempts = 8;

    // The clock stands in a subselect: a volatile function is no index condition, and a look at a million timers that are not due must cost nothing.
    // Looking takes no lock: locking in a sorted query makes PostgreSQL evaluate the whole plan again for every row that changed meanwhile.
    // How many stands in the text: with a parameter PostgreSQL would plan it anew each time, since a plan for any limit looks dearer to it than one for 64.
    private static string Find(int most) =>
        $"""
        (select e.community_id, e.instance_id, 0 as place, e.created_at as at
         from workflow_inbox e
         join workflow_instance i using (community_id, instance_id)
         where e.parked_at is null and (e.retry_at is null or e.retry_at <= (select clock_timestamp()))
           and i.paused_at is null and i.status = 'Running'
           and exists (
            select from workflow_bookmark b where b.community_id = e.community_id and b.instance_id = e.instance_id and b.name = e.name
              and (e.visit_id is null or b.visit_id = e.visit_id) and b.key is not distinct from e.key)
         order by e.created_at, e.event_id
         limit {most})
        union all
        (select t.community_id, t.instance_id, 1, t.due_at
         from workflow_timer t
         join workflow_instance i using (community_id, instance_id)
         where t.due_at <= (select council_now()) and t.parked_at is null and t.held_at is null and (t.retry_at is null or t.retry_at <= (select clock_timestamp()))
           and i.paused_at is null and i.status = 'Running'
         order by t.due_at, t.instance_id
         limit {most})
        order by place, at
        """;

    private const string FirstDueOf =
        """
        with clock as materialized (select council_now() as now),
        mine as materialized (select * from workflow_timer where community_id = $1 and instance_id = $2), -- by its key: never through all that is due
        event as (
            select b.bookmark_id, b.name, b.activity_id, e.event_id, e.payload::text as payload, null::timestamptz as due_at, 'Once' as catch_up, e.attempts
            from workflow_inbox e
            join workflow_bookmark b on b.community_id = e.community_id and b.instance_id = e.instance_id and b.name = e.name
                and (e.visit_id is null or b.visit_id = e.visit_id) and b.key is not distinct from e.key
            where e.community_id = $1 and e.instance_id = $2 and e.parked_at is null and (e.retry_at is null or e.retry_at <= clock_timestamp())
            order by e.created_at, e.event_id
            limit 1
        ), timer as (
            select b.bookmark_id, b.name, b.activity_id, null::uuid, null::text, t.due_at, t.catch_up, t.attempts
            from mine t
            cross join lateral (
                select * from workflow_bookmark b where b.community_id = $1 and b.instance_id = $2 and b.bookmark_id = t.bookmark_id offset 0) b
            where t.due_at <= (select now from clock)
              and t.parked_at is null and t.held_at is null and (t.retry_at is null or t.retry_at <= clock_timestamp())
            order by t.due_at, t.bookmark_id
            limit 1
        )
        select clock.now, item.*, c.time_zone, k.stamp
        from clock cross join (select * from event union all select * from timer) item
            join community c on c.community_id = $1 left join community_calendar k on k.community_id = $1
        limit 1
        """;

    // By key both, so one plan fits all. Left to itself PostgreSQL plans anew where an instance has many timers by its statistics, which takes longer than to look;
    // and where they say that it has nearly all, the one plan must not read the whole table.
    private const string OnePlan = "select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";
    private const string AnyPlan = "select set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true)"; // the step that follows is not by key

    private const string TakeEvent = "delete from workflow_inbox where community_id = $1 and instance_id = $2 and event_id = $3";

    /// <summary>Instances that have something due: those with events first, then by due instant. Takes no lock.</summary>
    /// <param name="most">Rows looked at, of events and of timers each.</param>
    public static async Task<IReadOnlyList<DueInstance>> FindDueAsync(this NpgsqlConnection connection, int most, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find(most), connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<DueInstance>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new DueInstance(new CommunityId(reader.GetInt32(0)), reader.GetGuid(1)));
        }

        return [.. found.Distinct()];
    }

    /// <summary>Locks the instance, reads council time and the first thing due: an event, else the earliest timer. An answer that arrived before the deadline's timer fired counts.</summary>
    /// <returns>Null when the instance is in other hands, paused or over, or nothing of it is due any more.</returns>
    public static async Task<DueStep?> ClaimAsync(this NpgsqlConnection connection, DueInstance due, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(OnePlan),
                new NpgsqlBatchCommand(WorkflowStore.LockFree) { Parameters = { new() { Value = due.Community.Value }, new() { Value = due.InstanceId } } },
                new NpgsqlBatchCommand(FirstDueOf) { Parameters = { new() { Value = due.Community.Value }, new() { Value = due.InstanceId } } },
                new NpgsqlBatchCommand(AnyPlan),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        if (await WorkflowStore.ReadInstanceAsync(reader, due.Community, due.InstanceId, cancellationToken) is not { IsFinished: false, IsPaused: false } instance
            || !await reader.NextResultAsync(cancellationToken)
            || !await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var item = new DueItem(
            due.Community,
            due.InstanceId,
            reader.GetString(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetGuid(4),
            reader.IsDBNull(5) ? null : JsonNode.Parse(reader.GetString(5)),
            reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
            Enum.Parse<CatchUp>(reader.GetString(7)),
            reader.GetInt32(8));
        return new DueStep(
            instance, item, reader.GetFieldValue<DateTimeOffset>(0), new CalendarStamp(reader.GetString(9), reader.IsDBNull(10) ? Guid.Empty : reader.GetGuid(10)));
    }

    /// <summary>The command that takes a claimed item away, for the batch of the step it caused. A timer leaves a line with its lateness. One row changes, else it was gone: roll back.</summary>
    /// <param name="outcome">Fired or Skipped.</param>
    internal static NpgsqlBatchCommand Consume(DueStep due, string outcome)
    {
        var item = due.Item;
        if (item.EventId is { } eventId)
        {
            return Command(
                item.Name == Stimulus.EventBookmark
                    ? "with taken as (delete from workflow_early_event where community_id = $1 and event_id = $3) " + TakeEvent // no workflow that starts later finds it
                    : TakeEvent,
                item.Community.Value, item.InstanceId, eventId);
        }

        return Command(
            """
            with gone as (
                delete from workflow_timer where community_id = $1 and instance_id = $2 and bookmark_id = $3 and due_at = $4 returning due_at)
            insert into workflow_timer_log (community_id, log_id, instance_id, bookmark_id, name, activity_id, due_at, fired_at, lateness_ms, outcome)
            select $1, $5, $2, $3, $6, $7, due_at, $8, greatest(0, extract(epoch from ($8 - due_at)) * 1000)::bigint, $9 from gone
            """,
            item.Community.Value, item.InstanceId, item.BookmarkId, item.DueAt!.Value, Guid.CreateVersion7(), item.Name, item.ActivityId, due.Now, outcome);
    }

    /// <summary>Takes the item away without a step.</summary>
    /// <exception cref="StaleInstanceException">It was gone already.</exception>
    public static async Task SkipAsync(this NpgsqlConnection connection, DueStep due, CancellationToken cancellationToken)
    {
        var consume = Consume(due, "Skipped");
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { consume } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        StaleInstanceException.Unless(consume.RecordsAffected == 1, due.Item.InstanceId);
    }

    /// <summary>Writes down that the item failed, in a transaction of its own: tried again after 15 s × 4^n of machine time, a day in all, parked after <see cref="MaxAttempts"/>.</summary>
    /// <remarks>Between the failure and this the item is free, and another worker may fail with it too: what both saw as the same try counts once.</remarks>
    public static Task RecordFailureAsync(this NpgsqlConnection connection, DueItem item, string error, CancellationToken cancellationToken)
    {
        var where = item.EventId is null ? "bookmark_id = @bookmarkId" : "event_id = @eventId";
        var table = item.EventId is null ? "workflow_timer" : "workflow_inbox";
        return connection.ExecuteAsync(new CommandDefinition(
            $"""
            update {table}
            set attempts = attempts + 1, last_error = left(@error, 2000),
                retry_at = clock_timestamp() + interval '15 seconds' * power(4, least(attempts, 8)),
                parked_at = case when attempts + 1 >= @max then clock_timestamp() end
            where community_id = @community and instance_id = @instanceId and {where} and attempts = @attempts
            """,
            new { error, max = MaxAttempts, community = item.Community.Value, item.InstanceId, item.BookmarkId, item.EventId, item.Attempts },
            cancellationToken: cancellationToken));
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
