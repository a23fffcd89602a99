using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres.Outbox;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>A task as stored, locked.</summary>
internal sealed record WorkTaskRow(
    TaskId TaskId,
    ProjectId ProjectId,
    Guid InstanceId,
    string VisitId,
    string Kind,
    string Title,
    int Round,
    string[] Outcomes,
    JsonObject Form,
    string FirstPost,
    string PostCode,
    StaffId? AssignedTo,
    int Rung,
    DateTimeOffset CreatedAt,
    DateTimeOffset DueAt,
    string State,
    string Bookmark = "completed",
    int AnsweredRung = 0,
    DateTimeOffset? ExtendedAt = null,
    TimeSpan? FirstPeriod = null)
{
    public string Link => $"/staff/tasks/{TaskId}";

    /// <summary>How long it was given at first, whatever was added since.</summary>
    public TimeSpan Period => FirstPeriod ?? DueAt - CreatedAt;
}

internal static class WorkTasks
{
    private const string Columns =
        "task_id, project_id, instance_id, visit_id, kind, title, round, outcomes, form, first_post, post_code, assigned_to, rung, created_at, due_at, state, bookmark, answered_rung, extended_at, first_period";

    /// <summary>Locks a task of the community; null when there is none.</summary>
    public static Task<WorkTaskRow?> LockTaskAsync(this NpgsqlConnection connection, CommunityId community, TaskId task, CancellationToken cancellationToken) =>
        connection.RowAsync<WorkTaskRow>(
            $"select {Columns} from work_task where community_id = @community and task_id = @task for update",
            new { community, task },
            cancellationToken);

    /// <summary>Reads tasks without a lock, to show them.</summary>
    public static Task<IReadOnlyList<WorkTaskRow>> ReadTasksAsync(
        this NpgsqlConnection connection, IReadOnlyCollection<(CommunityId Community, TaskId Task)> tasks, CancellationToken cancellationToken) =>
        connection.RowsAsync<WorkTaskRow>(
            $"select {Columns} from work_task where (community_id, task_id) in (select * from unnest(@communities, @ids))",
            new { communities = tasks.Select(task => task.Community.Value).ToArray(), ids = tasks.Select(task => task.Task.Value).ToArray() },
            cancellationToken);

    /// <summary>Locks the visit's task while it is open; null when it is done, withdrawn or was never there.</summary>
    public static Task<WorkTaskRow?> LockOpenTaskAsync(this StepContext step, CancellationToken cancellationToken) =>
        step.Connection.RowAsync<WorkTaskRow>(
            $"""
            select {Columns} from work_task
            where community_id = @community and instance_id = @instanceId and visit_id = @visitId and state = 'Open' for update
            """,
            new { community = step.Community, instanceId = step.InstanceId, visitId = step.VisitId },
            cancellationToken);

    /// <summary>Whether the caller may do the task: named by a transfer, or acting for the accountable or the first post. Admins may stand in.</summary>
    public static async Task<bool> MayCompleteAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (caller.Kind is CallerKind.Admin or CallerKind.System || (caller.Staff is { } staff && task.AssignedTo == staff))
        {
            return true;
        }

        var acting = await connection.ActingHoldersAsync(community, now, cancellationToken);
        return acting.Any(holder => holder.StaffId == caller.Staff
            && (holder.PostCode == task.PostCode || holder.PostCode == task.FirstPost));
    }

    public static Task AddTaskEventAsync(
        this NpgsqlConnection connection,
        CommunityId community,
        TaskId task,
        DateTimeOffset now,
        string kind,
        CancellationToken cancellationToken,
        int? rung = null,
        string? fromPost = null,
        string? toPost = null,
        StaffId? toStaff = null,
        StaffId? actor = null,
        string? reason = null) =>
        connection.RunAsync(
            """
            insert into work_task_event (community_id, task_id, event_id, at, kind, rung, from_post, to_post, to_staff, actor_id, reason)
            values (@community, @task, @id, @now, @kind, @rung, @fromPost, @toPost, @toStaff::uuid, @actor::uuid, @reason)
            """,
            new { community, task, id = Guid.CreateVersion7(), now, kind, rung, fromPost, toPost, toStaff = toStaff?.Value, actor = actor?.Value, reason },
            cancellationToken);

    /// <summary>A message about a task to a member of staff; nobody to tell = no message.</summary>
    public static async Task TellAboutTaskAsync(
        this NpgsqlConnection connection,
        CommunityId community,
        WorkTaskRow task,
        StaffId? to,
        string textKey,
        string reasonKey,
        string dedup,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        JsonObject? more = null)
    {
        if (to is null)
        {
            return;
        }

        JsonObject values = new() { ["task"] = task.Title, ["dueAt"] = task.DueAt, ["post"] = task.PostCode };
        foreach (var (name, value) in more ?? [])
        {
            values[name] = value?.DeepClone();
        }

        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = community,
                DedupKey = $"task:{task.TaskId}:{dedup}",
                Staff = to,
                Project = task.ProjectId,
                TextKey = textKey,
                Values = values,
                ReasonKey = reasonKey,
                Link = task.Link,
                CouncilAt = now,
                NotBefore = await connection.NotBeforeAsync(community, now, cancellationToken),
            },
            cancellationToken);
    }
}
