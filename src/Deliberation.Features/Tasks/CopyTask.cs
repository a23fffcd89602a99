using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Tasks;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Keeps a colleague informed of a task (抄送): it stands among what he follows. He need not act.</summary>
/// <param name="ToStaff">Works in the community, else <c>task.unknown-staff</c>; who follows it already, <c>task.copied-already</c>.</param>
public sealed record CopyTask(Caller Caller, CommunityId Community, TaskId Task, StaffId ToStaff, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class CopyTaskHandler(CouncilSession session) : IRequestHandler<CopyTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(CopyTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenOwnTaskAsync(request.Caller, request.Community, request.Task, TaskVerbs.Copy, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var (task, now) = found.Require();
        if (!await connection.WorksHereAsync(request.Community, request.ToStaff, cancellationToken))
        {
            return TaskRefusals.UnknownStaff;
        }

        var copied = await connection.RunAsync(
            "insert into work_task_copy (community_id, task_id, staff_id, copied_at) values (@Community, @Task, @ToStaff, @now) on conflict do nothing",
            new { request.Community, request.Task, request.ToStaff, now },
            cancellationToken);
        if (copied == 0)
        {
            return Refusal.Conflict("task.copied-already");
        }

        await connection.AddTaskEventAsync(
            request.Community, task.TaskId, now, "Copied", cancellationToken, toStaff: request.ToStaff, actor: request.Caller.Staff, reason: request.Reason);
        await connection.TellAboutTaskAsync(
            request.Community, task, request.ToStaff, "task.message.copied", "task.reason.copied", $"copied:{request.ToStaff}", now, cancellationToken,
            new JsonObject { ["reason"] = request.Reason });
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(CopyTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason,
            new JsonObject { ["toStaff"] = request.ToStaff.ToString() });
        return Done.Value;
    }
}
