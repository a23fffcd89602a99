using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Workflows.Execution;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Does a task: its outcome and what its form asked. The ladder stops.</summary>
/// <param name="Outcome">One of the task's outcomes, else <c>task.unknown-outcome</c>.</param>
/// <param name="Data">By field name. A refusal names the field: <c>task.field-required</c>, <c>task.field-invalid</c>, <c>task.field-unknown</c>, <c>task.person-unknown</c>, <c>task.person-under-age</c>.</param>
public sealed record CompleteTask(Caller Caller, CommunityId Community, TaskId Task, string Outcome, JsonObject Data) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class CompleteTaskHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<CompleteTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(CompleteTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockTaskAsync(request.Community, request.Task, cancellationToken) is not { } task)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (task.State != "Open")
        {
            return TaskRefusals.NotOpen;
        }

        if (!await connection.MayCompleteAsync(request.Caller, request.Community, task, now, cancellationToken))
        {
            return TaskRefusals.NotYours;
        }

        if (!task.Outcomes.Contains(request.Outcome))
        {
            return Refusal.Invalid("task.unknown-outcome", "Outcome");
        }

        // Only the good outcome needs the whole form: who declines or finds defects says so in what he has.
        var isGood = request.Outcome == task.Outcomes[0];
        if (TaskForm.Check(isGood ? task.Form : TaskForm.Relaxed(task.Form), request.Data) is { } fault)
        {
            return fault;
        }

        if (await TaskPeople.CheckAsync(connection, request.Community, task.Form, request.Data, now, cancellationToken) is { } person)
        {
            return person;
        }

        var actedFor = await connection.ActedForAsync(request.Caller, request.Community, task, now, cancellationToken);
        JsonObject answer = new() { ["outcome"] = request.Outcome, ["data"] = request.Data.DeepClone() };
        var effect = await new TaskEffects(connection, request.Caller, request.Community, task, now)
            .ApplyAsync(request.Outcome, isGood, request.Data, answer, cancellationToken);
        if (effect is not null)
        {
            return effect;
        }

        await connection.RunAsync(
            """
            update work_task set state = 'Done', outcome = @outcome, data = @data, completed_at = @now, completed_by = @staff::uuid, answered_rung = rung
            where community_id = @community and task_id = @task
            """,
            new { request.Outcome, request.Data, now, staff = request.Caller.Staff?.Value, request.Community, request.Task },
            cancellationToken);
        await connection.AddTaskEventAsync(request.Community, task.TaskId, now, "Done", cancellationToken, fromPost: actedFor?.Post, actor: request.Caller.Staff, reason: request.Outcome);
        var payload = task.Bookmark == RunTaskCommand.Bookmark ? request.Data : answer;
        await visits.SendAsync(request.Community, task.InstanceId, task.VisitId, task.Bookmark, payload, now, cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, task.Kind == "Checkpoint" ? "Checkpoint" : "Task",
            actedFor is null ? "task.timeline.completed" : "task.timeline.completed-for",
            new JsonObject { ["task"] = task.Title, ["outcome"] = request.Outcome, ["post"] = task.PostCode }, task.Link, cancellationToken);
        JsonObject details = new() { ["outcome"] = request.Outcome };
        if (actedFor is not null)
        {
            (details["actedForPost"], details["actedForStaff"]) = (actedFor.Post, actedFor.StaffId?.ToString());
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(CompleteTask), $"task:{task.TaskId}", now, cancellationToken, details: details);
        return Done.Value;
    }
}
