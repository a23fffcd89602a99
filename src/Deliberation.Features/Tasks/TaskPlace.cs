using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Where a task stands in its workflow.</summary>
/// <param name="Activity">Id of the step; of a task that is done, of the step that it was.</param>
internal sealed record TaskPlace(Guid InstanceId, string VisitId, string Activity);

internal static class TaskPlaces
{
    /// <summary>Null when there is no such task in the community.</summary>
    public static Task<TaskPlace?> PlaceOfAsync(this NpgsqlConnection connection, CommunityId community, TaskId task, CancellationToken cancellationToken) =>
        connection.RowAsync<TaskPlace>(
            """
            select t.instance_id, t.visit_id, coalesce((
                select j.activity_id from workflow_journal j
                where j.community_id = t.community_id and j.instance_id = t.instance_id and j.visit_id = t.visit_id limit 1), '') as activity
            from work_task t where t.community_id = @community and t.task_id = @task
            """,
            new { community, task },
            cancellationToken);

    /// <summary>True while its project is suspended: nothing moves.</summary>
    public static Task<bool> IsPausedAsync(this NpgsqlConnection connection, CommunityId community, Guid instance, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>(
            "select paused_at is not null from workflow_instance where community_id = @community and instance_id = @instance", new { community, instance }, cancellationToken);

    /// <summary>The step that came again says why, in its history and to whoever holds it.</summary>
    public static async Task TellOfRewindAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, Guid instance, string activity, string kind, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var came = await connection.RowsAsync<TaskId>(
            """
            select t.task_id from work_task t
            where t.community_id = @community and t.instance_id = @instance and t.state = 'Open' and exists (
                select from workflow_journal j
                where j.community_id = t.community_id and j.instance_id = t.instance_id and j.visit_id = t.visit_id and j.activity_id = @activity)
            order by t.created_at desc limit 1
            """,
            new { community, instance, activity },
            cancellationToken);
        foreach (var id in came)
        {
            var task = (await connection.LockTaskAsync(community, id, cancellationToken))!;
            await connection.AddTaskEventAsync(community, id, now, kind, cancellationToken, actor: caller.Staff, reason: reason);
            var to = await connection.AccountableAsync(community, task.PostCode, task.AssignedTo, now, cancellationToken);
            await connection.TellAboutTaskAsync(
                community, task, to, "task.message.sent-back", "task.reason.post", "came-again", now, cancellationToken, new JsonObject { ["reason"] = reason });
        }
    }
}
