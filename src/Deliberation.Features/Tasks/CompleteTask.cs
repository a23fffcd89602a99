using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Does a task: its outcome and what its form asked. The ladder stops. Where others sign too, the good outcome is held until they have.</summary>
/// <param name="Outcome">One of the task's outcomes, else <c>task.unknown-outcome</c>.</param>
/// <param name="Data">By field name. A refusal names the field: <c>task.field-required</c>, <c>task.field-invalid</c>, <c>task.field-unknown</c>, <c>task.person-unknown</c>, <c>task.person-under-age</c>. Refused with <c>task.signers-first</c> while somebody who signs before has not.</param>
public sealed record CompleteTask(Caller Caller, CommunityId Community, TaskId Task, string Outcome, JsonObject Data) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class CompleteTaskHandler(CouncilSession session, TaskCompletion completion) : IRequestHandler<CompleteTask, Result<Done>>
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

        // Nobody signs for a task that is declined.
        var missing = isGood ? await connection.MissingSignersAsync(request.Community, task.TaskId, cancellationToken) : [];
        if (missing.Any(signer => signer.Place == SignerPlace.Before))
        {
            return Refusal.Conflict("task.signers-first");
        }

        if (missing.Count > 0)
        {
            await HoldAsync(request, missing, task, now, cancellationToken);
            return Done.Value;
        }

        return await completion.FinishAsync(request.Caller, request.Community, task, request.Outcome, request.Data, now, cancellationToken) is { } effect ? effect : Done.Value;
    }

    /// <summary>What was decided waits for the signatures; who signs after is told that it is his turn.</summary>
    private async Task HoldAsync(CompleteTask request, IReadOnlyList<MissingSigner> missing, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.RunAsync(
            """
            update work_task set held_outcome = @Outcome, held_data = @Data, held_by = @staff::uuid, answered_rung = rung
            where community_id = @Community and task_id = @Task
            """,
            new { request.Outcome, request.Data, staff = request.Caller.Staff?.Value, request.Community, request.Task },
            cancellationToken);
        await connection.AddTaskEventAsync(request.Community, task.TaskId, now, "Held", cancellationToken, actor: request.Caller.Staff, reason: request.Outcome);
        foreach (var signer in missing.Where(signer => signer.Place == SignerPlace.After))
        {
            await connection.TellAboutTaskAsync(
                request.Community, task, signer.StaffId, "task.message.sign-now", "task.reason.signer", $"sign:{now.UtcTicks}:{signer.StaffId}", now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(CompleteTask), $"task:{task.TaskId}", now, cancellationToken,
            details: new JsonObject { ["outcome"] = request.Outcome, ["missingSignatures"] = missing.Count });
    }
}
