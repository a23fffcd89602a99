using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>Counts a project's open deadlines by the calendar that was changed, with their reminders and ladders: all of the project in one transaction, once.
/// Refused with <c>calendar.recounted</c> when another node was faster.</summary>
internal sealed record RecountProject(Caller Caller, CommunityId Community, ProjectId Project) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class RecountProjectHandler(CouncilSession session, StepRunner runner) : IRequestHandler<RecountProject, Result<Done>>
{
    public async Task<Result<Done>> Handle(RecountProject request, CancellationToken cancellationToken)
    {
        var (connection, values) = (session.Connection, new { request.Community, request.Project });
        // Instances first, as steps lock them: what they open meanwhile is counted by the new calendar already.
        await connection.RowsAsync<Guid>(
            """
            select instance_id from workflow_instance where community_id = @Community and project_id = @Project and status = 'Running' order by instance_id for no key update
            """,
            values,
            cancellationToken);
        var waiting = await connection.RowAsync<Waiting>(
            """
            with taken as (delete from calendar_recount where community_id = @Community and project_id = @Project returning change_id)
            select change_id, c.reason from taken join calendar_change c using (change_id) where c.community_id = @Community
            """,
            values,
            cancellationToken);
        if (waiting is null)
        {
            return Refusal.Conflict("calendar.recounted");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var moves = await Recount.MovesAsync(connection, request.Community, request.Project, calendar, now, cancellationToken);
        foreach (var move in moves)
        {
            await MoveAsync(connection, request.Community, move, calendar, waiting, now, cancellationToken);
        }

        foreach (var task in await connection.RowsAsync<OpenTask>(
            """
            select instance_id, visit_id, due_at, rung from work_task
            where community_id = @Community and project_id = @Project and state = 'Open' and term_unit is not null order by instance_id, task_id
            """,
            values,
            cancellationToken))
        {
            JsonObject rescheduled = new() { ["dueAt"] = task.DueAt.ToString("O", CultureInfo.InvariantCulture), ["climbed"] = task.Rung };
            await runner.RescheduleAsync(connection, request.Community, task.InstanceId, task.VisitId, rescheduled, now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(RecountProject), $"project:{request.Project}", now, cancellationToken, waiting.Reason, new JsonObject { ["moved"] = moves.Count });
        return Done.Value;
    }

    private static async Task MoveAsync(
        NpgsqlConnection connection, CommunityId community, DeadlineMove move, WorkingCalendar calendar, Waiting change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var moved = await connection.RunAsync(
            move.Kind switch
            {
                "Task" => "update work_task set due_at = @Due where community_id = @community and task_id = @Id",
                "Order" => // answered or returned meanwhile, it has no such day any more; a reminder that is ahead again is sent again
                  """
                  update supervision_order set due_at = @Due, remind_at = @remindAt, reminded_at = case when @remindAt::timestamptz is null then reminded_at end
                  where community_id = @community and order_id = @Id and state = 'Open' and due_at = @Was
                  """,
                _ => """
                  update notice set closes_at = @Due where community_id = @community and notice_id = @Id;
                  update workflow_timer t set due_at = @Due
                  from notice n join workflow_bookmark b using (community_id, instance_id, visit_id)
                  where n.community_id = @community and n.notice_id = @Id and b.name = 'close'
                    and t.community_id = b.community_id and t.instance_id = b.instance_id and t.bookmark_id = b.bookmark_id
                  """,
            },
            new { community, move.Due, move.Id, move.Was, remindAt = Ordering.RemindAt(calendar, move.Due, now) },
            cancellationToken);
        if (moved == 0)
        {
            return;
        }

        await connection.RunAsync(
            """
            insert into deadline_move (community_id, move_id, project_id, kind, subject_id, title, was, due, change_id, moved_at)
            values (@community, @move, @Project, @Kind, @Id, @Title, @Was, @Due, @ChangeId, @now)
            """,
            new { community, move = Guid.CreateVersion7(), move.Project, move.Kind, move.Id, move.Title, move.Was, move.Due, change.ChangeId, now },
            cancellationToken);
        JsonObject values = new() { ["title"] = move.Title, ["was"] = move.Was, ["due"] = move.Due, ["reason"] = change.Reason };
        await connection.AddTimelineAsync(
            new TimelineEntry(community, move.Project, now, "Change", "calendar.timeline.moved", values, IsAutomatic: true), cancellationToken);
    }

    private sealed record Waiting(long ChangeId, string Reason);

    private sealed record OpenTask(Guid InstanceId, string VisitId, DateTimeOffset DueAt, int Rung);
}
