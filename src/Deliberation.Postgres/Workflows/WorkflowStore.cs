using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres.Scheduling;
using Deliberation.Workflows.Execution;
using Npgsql;
using NpgsqlTypes;

namespace Deliberation.Postgres.Workflows;

/// <summary>An instance as stored, locked by the caller's transaction.</summary>
/// <param name="ParentVisitId">The calling visit, and <paramref name="ParentBookmark"/> the wait that this instance's end resumes; null when nobody waits.</param>
/// <param name="ParentKey">Key of that wait, when one visit calls several children; null when it calls one.</param>
/// <param name="State">The engine's state; opaque.</param>
/// <param name="Version">Compared when saving: a node that lost its lock cannot commit.</param>
public sealed record StoredInstance(
    CommunityId Community,
    Guid InstanceId,
    ProjectId Project,
    Guid? ParentInstanceId,
    string? ParentVisitId,
    string? ParentBookmark,
    string? ParentKey,
    string DefinitionVersionId,
    JsonObject State,
    long Version,
    bool IsFinished,
    bool IsPaused);

/// <summary>Reads and writes instances. Every write of one step goes out in one batch, in the caller's transaction.</summary>
public static class WorkflowStore
{
    private const string Read =
        """
        select project_id, parent_instance_id, parent_visit_id, parent_bookmark, parent_key, definition_version_id, state::text, version, status = 'Finished', paused_at is not null
        from workflow_instance
        where community_id = $1 and instance_id = $2

        """;

    private const string Lock = Read + "for no key update";

    /// <summary>As the lock of a step, for the pump: an instance in other hands gives no row instead of waiting.</summary>
    internal const string LockFree = Lock + " skip locked";

    /// <summary>Locks the instance: always the first lock of a step.</summary>
    /// <returns>Null when there is none in that community.</returns>
    public static Task<StoredInstance?> LockInstanceAsync(this NpgsqlConnection connection, CommunityId community, Guid instanceId, CancellationToken cancellationToken) =>
        QueryInstanceAsync(connection, Lock, community, instanceId, cancellationToken);

    /// <summary>Reads the instance without a lock, to look at it only.</summary>
    /// <returns>Null when there is none in that community.</returns>
    public static Task<StoredInstance?> FindInstanceAsync(this NpgsqlConnection connection, CommunityId community, Guid instanceId, CancellationToken cancellationToken) =>
        QueryInstanceAsync(connection, Read, community, instanceId, cancellationToken);

    private static async Task<StoredInstance?> QueryInstanceAsync(
        NpgsqlConnection connection, string sql, CommunityId community, Guid instanceId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = community.Value }, new() { Value = instanceId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadInstanceAsync(reader, community, instanceId, cancellationToken);
    }

    internal static async Task<StoredInstance?> ReadInstanceAsync(
        NpgsqlDataReader reader, CommunityId community, Guid instanceId, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken)
            ? new StoredInstance(
                community,
                instanceId,
                new ProjectId(reader.GetGuid(0)),
                reader.IsDBNull(1) ? null : reader.GetGuid(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetString(5),
                StateText.Parse(reader.GetString(6)),
                reader.GetInt64(7),
                reader.GetBoolean(8),
                reader.GetBoolean(9))
            : null;

    /// <summary>Adds a new instance, before its first bookmarks are written.</summary>
    public static Task InsertInstanceAsync(
        this NpgsqlConnection connection, StoredInstance instance, string definitionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            select pg_advisory_xact_lock(hashtextextended('workflow-events:' || @project, 0)); -- an event published meanwhile waits for this, or this for it
            insert into workflow_instance (community_id, instance_id, project_id, parent_instance_id, parent_visit_id, parent_bookmark, parent_key, definition_version_id, definition_id, status, sub_status, state, version, created_at, updated_at)
            values (@community, @instanceId, @project, @parentInstanceId, @parentVisitId, @parentBookmark, @parentKey, @definitionVersionId, @definitionId, 'Running', 'Pending', '{}', @version, @now, @now)
            """,
            new
            {
                community = instance.Community.Value,
                instance.InstanceId,
                project = instance.Project.Value,
                instance.ParentInstanceId,
                instance.ParentVisitId,
                instance.ParentBookmark,
                instance.ParentKey,
                instance.DefinitionVersionId,
                definitionId,
                instance.Version,
                now,
            },
            cancellationToken: cancellationToken));

    /// <summary>Writes what a step decided: state, bookmarks, timers, journal, incidents.</summary>
    /// <param name="step">The transitions of the step, folded into one.</param>
    /// <param name="cause">The timer or event that caused the step and goes with it; null when a person or a parent did.</param>
    /// <exception cref="StaleInstanceException">Somebody else saved this instance, or took the timer or event, in between.</exception>
    public static async Task SaveStepAsync(
        this NpgsqlConnection connection, StoredInstance instance, Transition step, DateTimeOffset now, DueStep? cause, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var consume = cause is null ? null : DueWork.Consume(cause, "Fired");
        if (consume is not null)
        {
            batch.BatchCommands.Add(consume);
        }

        var update = Add(
            batch,
            """
            update workflow_instance
            set state = $3::jsonb, status = $4, sub_status = $5, correlation_id = $6, version = version + 1, updated_at = $7,
                finished_at = case when $4 = 'Finished' then $7 end
            where community_id = $1 and instance_id = $2 and version = $8
            """,
            instance,
            step.State.ToJsonString(),
            step.Status.ToString(),
            step.SubStatus.ToString(),
            (object?)step.CorrelationId ?? DBNull.Value,
            now,
            instance.Version);

        if (step.Status == WorkflowStatus.Finished)
        {
            Add(batch, "delete from workflow_bookmark where community_id = $1 and instance_id = $2", instance);
        }
        else if (step.RemovedBookmarkIds.Count > 0)
        {
            Add(batch, "delete from workflow_bookmark where community_id = $1 and instance_id = $2 and bookmark_id = any($3)", instance, (object)step.RemovedBookmarkIds.ToArray()); // one array, not many parameters
        }

        if (step.Status != WorkflowStatus.Finished)
        {
            AddBookmarks(batch, instance, step.AddedBookmarks, now);
        }

        if (step.Journal.Count > 0)
        {
            Add(
                batch,
                """
                insert into workflow_journal (community_id, instance_id, sequence, at, event, activity_id, activity_type, visit_id, details)
                select $1, $2, sequence, $3, event, activity_id, activity_type, visit_id, details::jsonb
                from unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) as j (sequence, event, activity_id, activity_type, visit_id, details)
                """,
                instance,
                now,
                step.Journal.Select(j => j.Sequence).ToArray(),
                step.Journal.Select(j => j.Event).ToArray(),
                step.Journal.Select(j => j.ActivityId).ToArray(),
                step.Journal.Select(j => j.ActivityType).ToArray(),
                step.Journal.Select(j => j.VisitId).ToArray(),
                step.Journal.Select(j => j.Details?.ToJsonString()).ToArray());
        }

        if (step is { Status: WorkflowStatus.Finished, SubStatus: not WorkflowSubStatus.Faulted }) // a faulted one may be tried again
        {
            Add(
                batch,
                """
                with gone as (delete from workflow_inbox where community_id = $1 and instance_id = $2 returning event_id, name, key, created_at)
                insert into workflow_journal (community_id, instance_id, sequence, at, event, activity_id, activity_type, visit_id, details)
                select $1, $2, last.sequence + row_number() over (order by created_at, event_id), $3, 'Unclaimed', '', name, '', jsonb_build_object('event', coalesce(key, name))
                from gone, (select coalesce(max(sequence), 0) as sequence from workflow_journal where community_id = $1 and instance_id = $2) last
                """,
                instance,
                now);
        }
        else if (instance.Version == 1)
        {
            Add(
                batch,
                """
                insert into workflow_inbox (community_id, instance_id, event_id, name, key, payload, created_at)
                select community_id, $2, event_id, name, key, payload, created_at
                from workflow_early_event
                where community_id = $1 and project_id = $3 and (correlation_id is null or correlation_id = $4)
                """,
                instance,
                instance.Project.Value,
                (object?)step.CorrelationId ?? DBNull.Value);
        }

        foreach (var incident in step.Incidents)
        {
            Add(
                batch,
                "insert into workflow_incident (community_id, instance_id, incident_id, at, activity_id, message) values ($1, $2, $3, $4, $5, $6)",
                instance,
                Guid.CreateVersion7(),
                now,
                incident.ActivityId,
                incident.Message);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        StaleInstanceException.Unless(update.RecordsAffected == 1 && consume?.RecordsAffected is null or 1, instance.InstanceId);
    }

    private static void AddBookmarks(NpgsqlBatch batch, StoredInstance instance, IReadOnlyList<Bookmark> bookmarks, DateTimeOffset now)
    {
        if (bookmarks.Count == 0)
        {
            return;
        }

        Add(
            batch,
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, key, activity_id, activity_type, visit_id, stimulus_hash, payload, created_at)
            select $1, $2, bookmark_id, name, key, activity_id, activity_type, visit_id, stimulus_hash, payload::jsonb, $3
            from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
                as b (bookmark_id, name, key, activity_id, activity_type, visit_id, stimulus_hash, payload)
            """,
            instance,
            now,
            bookmarks.Select(b => b.Id).ToArray(),
            bookmarks.Select(b => b.Name).ToArray(),
            bookmarks.Select(b => b.Key).ToArray(),
            bookmarks.Select(b => b.ActivityId).ToArray(),
            bookmarks.Select(b => b.ActivityType).ToArray(),
            bookmarks.Select(b => b.VisitId).ToArray(),
            bookmarks.Select(b => b.StimulusHash).ToArray(),
            bookmarks.Select(b => b.Payload?.ToJsonString()).ToArray());

        var timed = bookmarks.Where(b => b.DueAt is not null).ToArray();
        if (timed.Length == 0)
        {
            return;
        }

        Add(
            batch,
            """
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up, is_fixed)
            select $1, $2, bookmark_id, due_at, due_at, catch_up, is_fixed
            from unnest($3::text[], $4::timestamptz[], $5::text[], $6::boolean[]) as t (bookmark_id, due_at, catch_up, is_fixed)
            """,
            instance,
            timed.Select(b => b.Id).ToArray(),
            timed.Select(b => b.DueAt!.Value.ToUniversalTime()).ToArray(),
            timed.Select(b => b.CatchUp.ToString()).ToArray(),
            timed.Select(b => b.IsFixed).ToArray());
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, StoredInstance instance, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Community.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = instance.InstanceId });
        foreach (var value in values)
        {
            command.Parameters.Add(value is string?[] texts
                ? new NpgsqlParameter { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
                : value is DBNull
                    ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Text }
                    : new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
        return command;
    }
}

/// <summary>An instance was saved by somebody else between read and write. Cannot happen under the row lock; checked all the same.</summary>
public sealed class StaleInstanceException(Guid instanceId) : Exception($"Workflow instance {instanceId} changed in between.")
{
    public Guid InstanceId { get; } = instanceId;

    internal static void Unless(bool isAsRead, Guid instanceId)
    {
        if (!isAsRead)
        {
            throw new StaleInstanceException(instanceId);
        }
    }
}
