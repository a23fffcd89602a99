using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>A deadline that a changed calendar counts otherwise.</summary>
/// <param name="Kind">Task, Notice or Order.</param>
/// <param name="Id">Of the task, the notice or the order.</param>
/// <param name="Was">As it was promised.</param>
public sealed record DeadlineMove(ProjectId Project, string ProjectTitle, string Kind, Guid Id, string Title, DateTimeOffset Was, DateTimeOffset Due);

/// <summary>Which open deadlines a calendar moves.</summary>
/// <remarks>
/// Tasks and supervised orders move both ways, never into the past and not once they are overdue. Notices move on only when their last day has become a day of rest
/// (Civil Code art. 203); a period that was announced is never shortened. Windows of ballots, pledges and evaluations were announced with their
/// day and hour: they stay; so does a task for all, one day for many communities. What a suspension moved, or a person set, stays.
/// </remarks>
internal static class Recount
{
    /// <param name="project">Null = all of the community.</param>
    public static async Task<IReadOnlyList<DeadlineMove>> MovesAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId? project, WorkingCalendar calendar, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = await connection.RowsAsync<Row>(
            """
            select t.project_id as project, p.title as project_title, 'Task' as kind, t.task_id as id, t.title, t.due_at as was, t.term_unit, t.term_amount, t.term_from
            from work_task t join project p using (community_id, project_id)
            where t.community_id = @community and t.state = 'Open' and t.due_at > @now and t.term_unit is not null
                and p.state <> 'Suspended' and (@project::uuid is null or t.project_id = @project)
            union all
            select n.project_id, p.title, 'Notice', n.notice_id, n.title, n.closes_at, null, null, null
            from notice n join project p using (community_id, project_id)
            where n.community_id = @community and n.state = 'Open' and n.closes_at > @now
                and p.state <> 'Suspended' and (@project::uuid is null or n.project_id = @project)
            union all
            select o.project_id, p.title, 'Order', o.order_id, o.what, o.due_at, 'WorkingDays', o.working_days,
                coalesce((select max(e.at) from supervision_order_event e where e.community_id = o.community_id and e.order_id = o.order_id and e.kind = 'Returned'), o.issued_at)
            from supervision_order o join project p using (community_id, project_id)
            where o.community_id = @community and o.state = 'Open' and o.due_at > @now
                and p.state <> 'Suspended' and (@project::uuid is null or o.project_id = @project)
            order by was, id
            """,
            new { community, project = project?.Value, now },
            cancellationToken);
        return
        [
            .. open.Select(row => new DeadlineMove(row.Project, row.ProjectTitle, row.Kind, row.Id, row.Title, row.Was, DueOf(row, calendar)))
                .Where(move => move.Kind == "Notice" ? move.Due > move.Was : move.Due != move.Was && move.Due > now),
        ];
    }

    private static DateTimeOffset DueOf(Row row, WorkingCalendar calendar) =>
        row is { TermUnit: { } unit, TermAmount: { } amount, TermFrom: { } from }
            ? new TaskTerm(Enum.Parse<TermUnit>(unit), amount, from).DueAt(calendar)
            : calendar.EndOf(calendar.NextWorkingDay(calendar.DayOf(row.Was.AddTicks(-1))));

    private sealed record Row(
        ProjectId Project, string ProjectTitle, string Kind, Guid Id, string Title, DateTimeOffset Was, string? TermUnit, int? TermAmount, DateTimeOffset? TermFrom);
}
