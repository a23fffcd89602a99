using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Workflows.Execution;

namespace Deliberation.Features.Tasks;

/// <summary>The end of a task, whoever's signature was the last.</summary>
internal sealed class TaskCompletion(CouncilSession session, VisitEvents visits)
{
    /// <param name="caller">Who did the task.</param>
    /// <returns>Why its effects may not be written; null when it is done.</returns>
    public async Task<Refusal?> FinishAsync(
        Caller caller, CommunityId community, WorkTaskRow task, string outcome, JsonObject data, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var actedFor = await connection.ActedForAsync(caller, community, task, now, cancellationToken);
        JsonObject answer = new() { ["outcome"] = outcome, ["data"] = data.DeepClone() };
        var effect = await new TaskEffects(connection, caller, community, task, now)
            .ApplyAsync(outcome, outcome == task.Outcomes[0], data, answer, cancellationToken);
        if (effect is not null)
        {
            return effect;
        }

        await connection.RunAsync(
            """
            update work_task
            set state = 'Done', outcome = @outcome, data = @data, completed_at = @now, completed_by = @staff::uuid, answered_rung = rung, held_outcome = null, held_data = null
            where community_id = @community and task_id = @TaskId
            """,
            new { outcome, data, now, staff = caller.Staff?.Value, community, task.TaskId },
            cancellationToken);
        await connection.AddTaskEventAsync(community, task.TaskId, now, "Done", cancellationToken, fromPost: actedFor?.Post, actor: caller.Staff, reason: outcome);
        await connection.SettleOrdersAsync(community, task.TaskId, caller.Staff, isDone: true, now, cancellationToken);
        var payload = task.Bookmark == RunTaskCommand.Bookmark ? data : answer;
        await visits.SendAsync(community, task.InstanceId, task.VisitId, task.Bookmark, payload, now, cancellationToken);
        await connection.TimelineAsync(
            caller, community, task.ProjectId, now, task.Kind == "Checkpoint" ? "Checkpoint" : "Task",
            actedFor is null ? "task.timeline.completed" : "task.timeline.completed-for",
            new JsonObject { ["task"] = task.Title, ["outcome"] = outcome, ["post"] = task.PostCode }, task.Link, cancellationToken);
        JsonObject details = new() { ["outcome"] = outcome };
        if (actedFor is not null)
        {
            (details["actedForPost"], details["actedForStaff"]) = (actedFor.Post, actedFor.StaffId?.ToString());
        }

        await connection.AuditAsync(caller, community, nameof(CompleteTask), $"task:{task.TaskId}", now, cancellationToken, details: details);
        return null;
    }
}
