using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Gives a task that climbed back to the post that was asked first, with guidance. The task starts over, the ladder does not: the next lateness starts one step higher (domain.md 2.1).</summary>
/// <remarks>Refused with <c>task.not-escalated</c>, <c>task.legal-period</c>, <c>task.post-vacant</c>.</remarks>
public sealed record ReturnTask(Caller Caller, CommunityId Community, TaskId Task, string Guidance) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ReturnTaskHandler(CouncilSession session, LateAnswers answers) : IRequestHandler<ReturnTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(ReturnTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, null, request.Guidance, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        var (task, now) = opened;
        if (await LateAnswers.FaultAsync(connection, request.Caller, request.Community, opened, cancellationToken) is { } fault)
        {
            return fault;
        }

        if (await connection.AccountableAsync(request.Community, task.FirstPost, null, now, cancellationToken) is not { } to)
        {
            return Refusal.Conflict("task.post-vacant", ("post", task.FirstPost));
        }

        var (dueAt, climbed) = (answers.DueAgain(task, now), answers.Climbed(task));
        await connection.RunAsync(
            """
            update work_task set post_code = first_post, assigned_to = null, due_at = @dueAt, first_period = @Period, rung = @climbed, answered_rung = @climbed
            where community_id = @Community and task_id = @Task
            """,
            new { dueAt, task.Period, climbed, request.Community, request.Task },
            cancellationToken);
        await answers.RescheduleAsync(request.Community, task, dueAt, climbed, now, cancellationToken);
        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, "Returned", cancellationToken,
            fromPost: task.PostCode, toPost: task.FirstPost, toStaff: to, actor: request.Caller.Staff, reason: request.Guidance);
        var returned = task with { PostCode = task.FirstPost, AssignedTo = null, DueAt = dueAt };
        await connection.TellAboutTaskAsync(
            request.Community, returned, to, "task.message.returned", "task.reason.post", $"returned:{now.UtcTicks}", now, cancellationToken,
            new JsonObject { ["fromPost"] = task.PostCode, ["reason"] = request.Guidance });
        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, "Task", "task.timeline.returned",
            new JsonObject { ["task"] = task.Title, ["fromPost"] = task.PostCode, ["toPost"] = task.FirstPost, ["dueAt"] = dueAt, ["reason"] = request.Guidance },
            task.Link, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ReturnTask), $"task:{task.TaskId}", now, cancellationToken, request.Guidance,
            new JsonObject { ["from"] = task.DueAt, ["to"] = dueAt });
        return Done.Value;
    }
}
