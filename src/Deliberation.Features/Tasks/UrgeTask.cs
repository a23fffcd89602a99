using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Asks the accountable person to hurry (催办), with a reason; once a day for each task, else <c>task.urged-today</c>.</summary>
public sealed record UrgeTask(Caller Caller, CommunityId Community, TaskId Task, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

/// <summary>Urges all tasks of a list at once, with one reason. Passed over: what was urged today, has nobody to tell, is the caller's own, or is not to be urged.</summary>
/// <returns>How many were urged, at most <see cref="UrgeTasksHandler.Most"/> with one act.</returns>
public sealed record UrgeTasks(Caller Caller, CommunityId Community, InboxView View, InboxFilter Filter, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class UrgeTaskHandler(CouncilSession session) : IRequestHandler<UrgeTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(UrgeTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, TaskVerbs.Urge, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        var to = await connection.AccountableAsync(request.Community, opened.Task.PostCode, opened.Task.AssignedTo, opened.Now, cancellationToken);
        return await Urging.UrgeAsync(connection, request.Caller, request.Community, opened, to, request.Reason, cancellationToken) is { } fault ? fault : Done.Value;
    }
}

internal sealed class UrgeTasksHandler(CouncilSession session) : IRequestHandler<UrgeTasks, Result<int>>
{
    /// <summary>Most tasks of one act: as many messages leave with it.</summary>
    public const int Most = 200;

    public async Task<Result<int>> Handle(UrgeTasks request, CancellationToken cancellationToken)
    {
        if (TaskActs.ReasonFault(request.Reason) is { } fault)
        {
            return fault;
        }

        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var query = await InboxQuery.OfAsync(connection, request.Caller, request.Community, request.Filter, now, cancellationToken);
        var found = await connection.RowsAsync<TaskId>(
            FormattableString.Invariant($"select task_id from ({InboxQuery.Rows(request.View)} order by due_at, task_id limit {Most}) x order by task_id"), query.Values, cancellationToken);
        var urged = 0;
        foreach (var id in found)
        {
            if (await connection.OpenTaskAsync(request.Community, id, TaskVerbs.Urge, request.Reason, cancellationToken) is not Result<OpenedTask>.Accepted { Value: var opened })
            {
                continue; // somebody has just done it
            }

            var to = await connection.AccountableAsync(request.Community, opened.Task.PostCode, opened.Task.AssignedTo, opened.Now, cancellationToken);
            if (to != request.Caller.Staff && await Urging.UrgeAsync(connection, request.Caller, request.Community, opened, to, request.Reason, cancellationToken) is null)
            {
                urged++;
            }
        }

        if (urged == 0)
        {
            return Refusal.Conflict("task.nothing-to-urge");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(UrgeTasks), $"community:{request.Community}", now, cancellationToken, request.Reason, new JsonObject { ["tasks"] = urged });
        return urged;
    }
}

internal static class Urging
{
    /// <param name="to">Who is accountable; null while the post is vacant.</param>
    /// <returns><c>task.urged-today</c> or <c>task.post-vacant</c>; null when the person was told.</returns>
    public static async Task<Refusal?> UrgeAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, OpenedTask opened, StaffId? to, string reason, CancellationToken cancellationToken)
    {
        var (task, now) = opened;
        var lastUrged = await connection.ScalarAsync<DateTimeOffset?>(
            "select max(at) from work_task_event where community_id = @community and task_id = @TaskId and kind = 'Urged'",
            new { community, task.TaskId },
            cancellationToken);
        var today = WorkingCalendar.China.DayOf(now);
        if (lastUrged is { } last && WorkingCalendar.China.DayOf(last) == today)
        {
            return Refusal.TooMany("task.urged-today");
        }

        if (to is null)
        {
            return Refusal.Conflict("task.post-vacant", ("post", task.PostCode));
        }

        await connection.TellAboutTaskAsync(
            community, task, to, "task.message.urged", "task.reason.urged", FormattableString.Invariant($"urged:{today:yyyy-MM-dd}"), now, cancellationToken,
            new JsonObject { ["reason"] = reason });
        await connection.AddTaskEventAsync(community, task.TaskId, now, "Urged", cancellationToken, toStaff: to, actor: caller.Staff, reason: reason);
        await connection.AuditAsync(caller, community, nameof(UrgeTask), $"task:{task.TaskId}", now, cancellationToken, reason);
        return null;
    }
}
