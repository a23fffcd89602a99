using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Gives a task that climbed more time: once, by at most half of what it had at first, with a reason that residents read (domain.md 2.1).</summary>
/// <param name="Until">Last day; due when offices close. Refused with <c>task.extension-past</c>, <c>task.extension-too-long</c>, <c>task.extended-already</c>, <c>task.legal-period</c>, <c>task.not-escalated</c>.</param>
public sealed record ExtendTask(Caller Caller, CommunityId Community, TaskId Task, DateOnly Until, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ExtendTaskHandler(CouncilSession session, LateAnswers answers) : IRequestHandler<ExtendTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(ExtendTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, null, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        var (task, now) = opened;
        var dueAt = answers.EndOf(request.Until);
        var fault = await LateAnswers.FaultAsync(connection, request.Caller, request.Community, opened, cancellationToken)
            ?? Fault(task, request.Until, answers.LatestDay(task, now), dueAt, now);
        if (fault is not null)
        {
            return fault;
        }

        await connection.RunAsync(
            """
            update work_task set due_at = @dueAt, first_period = @Period, extended_at = @now, answered_rung = rung
            where community_id = @Community and task_id = @Task
            """,
            new { dueAt, task.Period, now, request.Community, request.Task },
            cancellationToken);
        await answers.RescheduleAsync(request.Community, task, dueAt, answers.Climbed(task), now, cancellationToken);
        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, "Extended", cancellationToken, fromPost: task.PostCode, actor: request.Caller.Staff, reason: request.Reason);
        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, "Task", "task.timeline.extended",
            new JsonObject { ["task"] = task.Title, ["post"] = task.PostCode, ["dueAt"] = dueAt, ["reason"] = request.Reason }, task.Link, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ExtendTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason,
            new JsonObject { ["from"] = task.DueAt, ["to"] = dueAt });
        return Done.Value;
    }

    private static Refusal? Fault(WorkTaskRow task, DateOnly until, DateOnly latest, DateTimeOffset dueAt, DateTimeOffset now) =>
        task.ExtendedAt is not null ? Refusal.Conflict("task.extended-already")
        : dueAt <= now ? Refusal.Invalid("task.extension-past", "Day")
        : until > latest ? Refusal.Invalid("task.extension-too-long", "Day", ("latest", latest))
        : null;
}
