using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Tasks;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Hands a task on (转办): to another post, or to a named colleague, or both. The due instant stays.</summary>
/// <param name="ToPost">Null keeps the post.</param>
/// <param name="ToStaff">Null = whoever holds the post.</param>
public sealed record TransferTask(Caller Caller, CommunityId Community, TaskId Task, string? ToPost, StaffId? ToStaff, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class TransferTaskHandler(CouncilSession session) : IRequestHandler<TransferTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(TransferTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenOwnTaskAsync(request.Caller, request.Community, request.Task, TaskVerbs.Transfer, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (task, now) = found.Require();
        var post = request.ToPost ?? task.PostCode;
        if (post == task.PostCode && request.ToStaff == task.AssignedTo)
        {
            return Refusal.Invalid("task.transfer-nowhere", "ToPost");
        }

        if (await FaultAsync(request, post, cancellationToken) is { } fault)
        {
            return fault;
        }

        await connection.RunAsync(
            "update work_task set post_code = @post, assigned_to = @toStaff::uuid, answered_rung = rung where community_id = @community and task_id = @task",
            new { post, toStaff = request.ToStaff?.Value, request.Community, request.Task },
            cancellationToken);
        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, "Transferred", cancellationToken,
            fromPost: task.PostCode, toPost: post, toStaff: request.ToStaff, actor: request.Caller.Staff, reason: request.Reason);
        var to = await connection.AccountableAsync(request.Community, post, request.ToStaff, now, cancellationToken);
        await connection.TellAboutTaskAsync(
            request.Community, task with { PostCode = post }, to, "task.message.transferred", "task.reason.transferred", $"transferred:{now.UtcTicks}", now, cancellationToken,
            new JsonObject { ["reason"] = request.Reason });
        await connection.TimelineAsync(
            request.Caller, request.Community, task.ProjectId, now, "Task", "task.timeline.transferred",
            new JsonObject { ["task"] = task.Title, ["toPost"] = post, ["reason"] = request.Reason }, task.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(TransferTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason);
        return Done.Value;
    }

    private async Task<Refusal?> FaultAsync(TransferTask request, string post, CancellationToken cancellationToken)
    {
        var isPost = await session.Connection.ScalarAsync<bool>(
            "select exists (select 1 from post where community_id = @community and post_code = @post)", new { request.Community, post }, cancellationToken);
        if (!isPost)
        {
            return Refusal.Invalid("task.unknown-post", "ToPost");
        }

        return request.ToStaff is { } staff && !await session.Connection.WorksHereAsync(request.Community, staff, cancellationToken) ? TaskRefusals.UnknownStaff : null;
    }
}
