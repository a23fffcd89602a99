using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>What extending and returning share: only who answers for a task that climbed gives it more time, and never a period fixed by law.</summary>
internal sealed class LateAnswers(VisitEvents visits, StepFacts facts)
{
    private static readonly TimeOnly OfficesClose = new(18, 0);

    private WorkingCalendar Calendar => facts.All.OfType<WorkingCalendar>().Single();

    /// <returns><c>task.not-escalated</c>, <c>task.not-yours</c> or <c>task.legal-period</c>; null when it may be answered so.</returns>
    public static async Task<Refusal?> FaultAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, OpenedTask opened, CancellationToken cancellationToken)
    {
        var (task, now) = opened;
        return task.Rung == 0 ? Refusal.Conflict("task.not-escalated")
            : !await connection.IsAccountableAsync(caller, community, task, now, cancellationToken) ? TaskRefusals.NotYours
            : TaskVerbs.IsLegalPeriod(task.Kind, task.Form) ? Refusal.Conflict("task.legal-period")
            : null;
    }

    /// <summary>The last day to which the task may be extended: half of the time it had at first, from now.</summary>
    public DateOnly LatestDay(WorkTaskRow task, DateTimeOffset now) => Calendar.DayOf(now + (task.Period / 2));

    /// <summary>When offices close on a day.</summary>
    public DateTimeOffset EndOf(DateOnly day) => Calendar.At(day, OfficesClose);

    /// <summary>When a task that starts over now is due: after as long as it had at first, on a day that is worked.</summary>
    public DateTimeOffset DueAgain(WorkTaskRow task, DateTimeOffset now) => EndOf(Calendar.NextWorkingDay(Calendar.DayOf(now + task.Period)));

    /// <summary>Steps of the ladder that are behind it: those that were climbed, and those passed over because a post was vacant.</summary>
    public int Climbed(WorkTaskRow task)
    {
        var posts = facts.All.OfType<LadderSettings>().Single().Posts.ToList();
        return Math.Max(task.Rung, posts.IndexOf(task.PostCode) - posts.IndexOf(task.FirstPost));
    }

    /// <summary>The waiting visit gets the new instant: its reminders and its ladder start from there, one step above what is behind it.</summary>
    public Task RescheduleAsync(CommunityId community, WorkTaskRow task, DateTimeOffset dueAt, int climbed, DateTimeOffset now, CancellationToken cancellationToken) =>
        visits.SendAsync(
            community, task.InstanceId, task.VisitId, "rescheduled",
            new JsonObject { ["dueAt"] = dueAt.ToString("O", CultureInfo.InvariantCulture), ["rung"] = climbed }, now, cancellationToken);
}
