using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Tasks;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>When a further signer acts, in respect of the one who does the task.</summary>
public enum SignerPlace
{
    Before,
    Together,
    After,
}

/// <summary>Asks a colleague to sign a task too (加签). Its good outcome waits until all have signed.</summary>
/// <param name="ToStaff">Works in the community and is not the caller, else <c>task.unknown-staff</c>; once a task, else <c>task.signer-already</c>.</param>
public sealed record AddSigner(Caller Caller, CommunityId Community, TaskId Task, StaffId ToStaff, SignerPlace Place, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Signs a task that a colleague asked to sign, or objects. An objection opens again what was decided; who objected may still sign later.</summary>
/// <param name="Reason">Needed of an objection. Refused with <c>task.not-a-signer</c>, <c>task.signer-waits</c> before the turn of who signs after.</param>
public sealed record SignTask(Caller Caller, CommunityId Community, TaskId Task, bool Agrees, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed record MissingSigner(StaffId StaffId, SignerPlace Place);

internal static class Signers
{
    /// <summary>Who was asked and has not signed.</summary>
    public static Task<IReadOnlyList<MissingSigner>> MissingSignersAsync(this NpgsqlConnection connection, CommunityId community, TaskId task, CancellationToken cancellationToken) =>
        connection.RowsAsync<MissingSigner>(
            "select staff_id, place from work_task_signer where community_id = @community and task_id = @task and state <> 'Signed' order by staff_id", new { community, task }, cancellationToken);
}

internal sealed class SignTaskHandlers(CouncilSession session, TaskCompletion completion) : IRequestHandler<AddSigner, Result<Done>>, IRequestHandler<SignTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(AddSigner request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenOwnTaskAsync(request.Caller, request.Community, request.Task, TaskVerbs.Sign, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (task, now) = found.Require();
        if (request.ToStaff == request.Caller.Staff || !await connection.WorksHereAsync(request.Community, request.ToStaff, cancellationToken))
        {
            return TaskRefusals.UnknownStaff;
        }

        var asked = await connection.RunAsync(
            """
            insert into work_task_signer (community_id, task_id, staff_id, place, asked_by, asked_at)
            values (@Community, @Task, @ToStaff, @place, @by::uuid, @now) on conflict do nothing
            """,
            new { request.Community, request.Task, request.ToStaff, place = request.Place.ToString(), by = request.Caller.Staff?.Value, now },
            cancellationToken);
        if (asked == 0)
        {
            return Refusal.Conflict("task.signer-already");
        }

        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, "SignerAsked", cancellationToken, toStaff: request.ToStaff, actor: request.Caller.Staff, reason: request.Reason);
        await connection.TellAboutTaskAsync(
            request.Community, task, request.ToStaff, "task.message.signer", "task.reason.signer", $"signer:{request.ToStaff}", now, cancellationToken,
            new JsonObject { ["reason"] = request.Reason });
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AddSigner), $"task:{task.TaskId}", now, cancellationToken, request.Reason,
            new JsonObject { ["toStaff"] = request.ToStaff.ToString(), ["place"] = request.Place.ToString() });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(SignTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, null, request.Agrees && string.IsNullOrWhiteSpace(request.Reason) ? "-" : request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (task, now) = found.Require();
        var missing = await connection.MissingSignersAsync(request.Community, task.TaskId, cancellationToken);
        if (missing.FirstOrDefault(signer => signer.StaffId == request.Caller.Staff) is not { } own)
        {
            return Refusal.Forbidden("task.not-a-signer");
        }

        var held = await connection.RowAsync<Held>(
            "select held_outcome as outcome, held_data as data, held_by as by from work_task where community_id = @Community and task_id = @Task and held_outcome is not null",
            new { request.Community, request.Task },
            cancellationToken);
        if (own.Place == SignerPlace.After && held is null)
        {
            return Refusal.Conflict("task.signer-waits");
        }

        var state = request.Agrees ? "Signed" : "Objected";
        await connection.RunAsync(
            "update work_task_signer set state = @state, answered_at = @now where community_id = @Community and task_id = @Task and staff_id = @StaffId",
            new { state, now, request.Community, request.Task, own.StaffId },
            cancellationToken);
        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, state, cancellationToken, actor: request.Caller.Staff, reason: string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason);
        await connection.AuditAsync(request.Caller, request.Community, nameof(SignTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason, new JsonObject { ["agrees"] = request.Agrees });
        if (!request.Agrees)
        {
            return await OpenAgainAsync(request, task, now, cancellationToken);
        }

        if (held is null || missing.Count > 1)
        {
            return Done.Value;
        }

        var doer = new Caller(held.By is null ? CallerKind.System : CallerKind.Staff, null, null, held.By, request.Caller.Communities);
        return await completion.FinishAsync(doer, request.Community, task, held.Outcome, held.Data, now, cancellationToken) is { } effect ? effect : Done.Value;
    }

    private async Task<Result<Done>> OpenAgainAsync(SignTask request, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.RunAsync(
            "update work_task set held_outcome = null, held_data = null, held_by = null where community_id = @Community and task_id = @Task", new { request.Community, request.Task }, cancellationToken);
        var to = await connection.AccountableAsync(request.Community, task.PostCode, task.AssignedTo, now, cancellationToken);
        await connection.TellAboutTaskAsync(
            request.Community, task, to, "task.message.objected", "task.reason.post", $"objected:{now.UtcTicks}", now, cancellationToken, new JsonObject { ["reason"] = request.Reason });
        return Done.Value;
    }

    private sealed record Held(string Outcome, JsonObject Data, StaffId? By);
}
