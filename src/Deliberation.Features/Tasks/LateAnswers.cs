using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>How a task that climbed is extended or returned, by the post that it climbed to or by the body above; never a period fixed by law.</summary>
internal sealed class LateAnswers(CouncilSession session, VisitEvents visits)
{
    /// <returns><c>task.not-escalated</c>, <c>task.not-yours</c> or <c>task.legal-period</c>; null when the caller may answer it so.</returns>
    public static async Task<Refusal?> FaultAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, OpenedTask opened, CancellationToken cancellationToken)
    {
        var (task, now) = opened;
        return task.Rung == 0 ? Refusal.Conflict("task.not-escalated")
            : !await connection.IsAccountableAsync(caller, community, task, now, cancellationToken) ? TaskRefusals.NotYours
            : null;
    }

    /// <summary>More time: once, by at most half of what it had at first. Who may is checked by the one who asks.</summary>
    /// <returns><c>task.legal-period</c>, <c>task.extended-already</c>, <c>task.extension-past</c> or <c>task.extension-too-long</c>; null when it is done.</returns>
    public async Task<Refusal?> ExtendAsync(Caller caller, CommunityId community, OpenedTask opened, DateOnly until, string reason, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var (task, now) = opened;
        var calendar = await connection.CalendarAsync(community, cancellationToken);
        var (dueAt, latest) = (EndOf(calendar, until), LatestDay(calendar, task, now));
        var fault = TaskVerbs.IsLegalPeriod(task.Kind, task.Form) ? LegalPeriod
            : task.ExtendedAt is not null ? Refusal.Conflict("task.extended-already")
            : dueAt <= now ? Refusal.Invalid("task.extension-past", "Day")
            : until > latest ? Refusal.Invalid("task.extension-too-long", "Day", ("latest", latest))
            : null;
        if (fault is not null)
        {
            return fault;
        }

        await connection.RunAsync(
            """
            update work_task set due_at = @dueAt, term_unit = null, term_amount = null, term_from = null, first_period = @Period, extended_at = @now, answered_rung = rung
            where community_id = @community and task_id = @TaskId
            """,
            new { dueAt, task.Period, now, community, task.TaskId },
            cancellationToken);
        await RescheduleAsync(community, task, dueAt, Climbed(task), now, cancellationToken);
        await connection.AddTaskEventAsync(
            community, task.TaskId, now, "Extended", cancellationToken, fromPost: task.PostCode, actor: caller.Staff, reason: reason);
        await connection.TimelineAsync(
            caller, community, task.ProjectId, now, "Task", "task.timeline.extended",
            new JsonObject { ["task"] = task.Title, ["post"] = task.PostCode, ["dueAt"] = dueAt, ["reason"] = reason }, task.Link, cancellationToken);
        await connection.AuditAsync(
            caller, community, nameof(ExtendTask), $"task:{task.TaskId}", now, cancellationToken, reason, new JsonObject { ["from"] = task.DueAt, ["to"] = dueAt });
        return null;
    }

    /// <summary>Back to the post that was asked first, with guidance; due again after as long as it had at first.</summary>
    /// <returns><c>task.legal-period</c> or <c>task.post-vacant</c>; null when it is done.</returns>
    public async Task<Refusal?> ReturnAsync(Caller caller, CommunityId community, OpenedTask opened, string guidance, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var (task, now) = opened;
        if (TaskVerbs.IsLegalPeriod(task.Kind, task.Form))
        {
            return LegalPeriod;
        }

        if (await connection.AccountableAsync(community, task.FirstPost, null, now, cancellationToken) is not { } to)
        {
            return Refusal.Conflict("task.post-vacant", ("post", task.FirstPost));
        }

        var calendar = await connection.CalendarAsync(community, cancellationToken);
        var (dueAt, climbed) = (DueAgain(calendar, task, now), Climbed(task));
        await connection.RunAsync(
            """
            update work_task set post_code = first_post, assigned_to = null, due_at = @dueAt,
                term_unit = null, term_amount = null, term_from = null, first_period = @Period, rung = @climbed, answered_rung = @climbed
            where community_id = @community and task_id = @TaskId
            """,
            new { dueAt, task.Period, climbed, community, task.TaskId },
            cancellationToken);
        await RescheduleAsync(community, task, dueAt, climbed, now, cancellationToken);
        await connection.AddTaskEventAsync(
            community, task.TaskId, now, "Returned", cancellationToken, fromPost: task.PostCode, toPost: task.FirstPost, toStaff: to, actor: caller.Staff, reason: guidance);
        await connection.TellAboutTaskAsync(
            community, task with { PostCode = task.FirstPost, AssignedTo = null, DueAt = dueAt }, to, "task.message.returned", "task.reason.post", $"returned:{now.UtcTicks}", now,
            cancellationToken, new JsonObject { ["fromPost"] = task.PostCode, ["reason"] = guidance });
        await connection.TimelineAsync(
            caller, community, task.ProjectId, now, "Task", "task.timeline.returned",
            new JsonObject { ["task"] = task.Title, ["fromPost"] = task.PostCode, ["toPost"] = task.FirstPost, ["dueAt"] = dueAt, ["reason"] = guidance }, task.Link, cancellationToken);
        await connection.AuditAsync(
            caller, community, nameof(ReturnTask), $"task:{task.TaskId}", now, cancellationToken, guidance, new JsonObject { ["from"] = task.DueAt, ["to"] = dueAt });
        return null;
    }

    /// <summary>The last day to which the task may be extended: half of the time it had at first, from now.</summary>
    public static DateOnly LatestDay(WorkingCalendar calendar, WorkTaskRow task, DateTimeOffset now) => calendar.DayOf(now + (task.Period / 2));

    /// <summary>When offices close on a day.</summary>
    private static DateTimeOffset EndOf(WorkingCalendar calendar, DateOnly day) => calendar.At(day, calendar.OfficesClose);

    /// <summary>When a task that starts over now is due: after as long as it had at first, on a day that is worked.</summary>
    private static DateTimeOffset DueAgain(WorkingCalendar calendar, WorkTaskRow task, DateTimeOffset now) =>
        EndOf(calendar, calendar.NextWorkingDay(calendar.DayOf(now + task.Period)));

    /// <summary>Steps of the ladder that are behind it: those that were climbed, and those passed over because a post was vacant.</summary>
    private static int Climbed(WorkTaskRow task)
    {
        var posts = new LadderSettings().Posts.ToList();
        return Math.Max(task.Rung, posts.IndexOf(task.PostCode) - posts.IndexOf(task.FirstPost));
    }

    /// <summary>The waiting visit gets the new instant: its reminders and its ladder start from there, one step above what is behind it.</summary>
    private Task RescheduleAsync(CommunityId community, WorkTaskRow task, DateTimeOffset dueAt, int climbed, DateTimeOffset now, CancellationToken cancellationToken) =>
        visits.SendAsync(
            community, task.InstanceId, task.VisitId, "rescheduled",
            new JsonObject { ["dueAt"] = dueAt.ToString("O", CultureInfo.InvariantCulture), ["rung"] = climbed }, now, cancellationToken);

    private static Refusal LegalPeriod => Refusal.Conflict("task.legal-period");
}
