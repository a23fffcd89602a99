using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Asks the accountable person to hurry (催办), with a reason; once a day for each task.</summary>
public sealed record UrgeTask(Caller Caller, CommunityId Community, TaskId Task, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class UrgeTaskHandler(CouncilSession session) : IRequestHandler<UrgeTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(UrgeTask request, CancellationToken cancellationToken)
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

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return TaskRefusals.ReasonMissing;
        }

        var lastUrged = await connection.ScalarAsync<DateTimeOffset?>(
            "select max(at) from work_task_event where community_id = @community and task_id = @task and kind = 'Urged'",
            new { request.Community, request.Task },
            cancellationToken);
        var today = WorkingCalendar.China.DayOf(now);
        if (lastUrged is { } last && WorkingCalendar.China.DayOf(last) == today)
        {
            return Refusal.TooMany("task.urged-today");
        }

        var to = await connection.AccountableAsync(request.Community, task.PostCode, task.AssignedTo, now, cancellationToken);
        if (to is null)
        {
            return Refusal.Conflict("task.post-vacant", ("post", task.PostCode));
        }

        await connection.TellAboutTaskAsync(
            request.Community, task, to, "task.message.urged", "task.reason.urged", FormattableString.Invariant($"urged:{today:yyyy-MM-dd}"), now, cancellationToken,
            new JsonObject { ["reason"] = request.Reason });
        await connection.AddTaskEventAsync(request.Community, task.TaskId, now, "Urged", cancellationToken, toStaff: to, actor: request.Caller.Staff, reason: request.Reason);
        await connection.AuditAsync(request.Caller, request.Community, nameof(UrgeTask), $"task:{task.TaskId}", now, cancellationToken, request.Reason);
        return Done.Value;
    }
}
