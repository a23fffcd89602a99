using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>Resumes a suspended project: every due instant moves by the time suspended, legal periods excepted.</summary>
public sealed record ResumeProject(Caller Caller, CommunityId Community, ProjectId Project) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ResumeProjectHandler(CouncilSession session, IWorkflowControl workflows) : IRequestHandler<ResumeProject, Result<Done>>
{
    public async Task<Result<Done>> Handle(ResumeProject request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        await workflows.ResumeProjectAsync(connection, request.Community, request.Project, now, cancellationToken);
        if (await connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        if (project is not { State: "Suspended", SuspendedAt: { } since, ResumeState: { } state })
        {
            return Refusal.Conflict("project.not-suspended");
        }

        var by = now - since;
        await BallotControl.ResumeForProjectAsync(connection, request.Community, request.Project, by, now, cancellationToken);
        await Windows.MoveAsync(connection, request.Community, request.Project, since, by, cancellationToken);
        await MovePlannedDatesAsync(request, since, now, cancellationToken);
        await connection.RunAsync(
            """
            update project set state = @state, resume_state = null, suspended_at = null, version = version + 1
            where community_id = @community and project_id = @project
            """,
            new { state, request.Community, request.Project },
            cancellationToken);
        await connection.RunAsync(
            "update project_suspension set resumed_at = @now where community_id = @community and project_id = @project and resumed_at is null",
            new { now, request.Community, request.Project },
            cancellationToken);
        JsonObject values = new() { ["title"] = project.Title, ["days"] = (int)Math.Ceiling(by.TotalDays) };
        await connection.TimelineAsync(request.Caller, request.Community, request.Project, now, "Change", "project.timeline.resumed", values, project.Link, cancellationToken);
        await connection.TellEveryoneAsync(
            ProjectNews.Of(request.Community, project, $"resumed:{now.UtcTicks}", "project.message.resumed", values, now), cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(ResumeProject), $"project:{request.Project}", now, cancellationToken);
        return Done.Value;
    }

    /// <summary>Planned ends that were still ahead move by whole days; each leaves a line that says from where, by how much, why.</summary>
    private Task<int> MovePlannedDatesAsync(ResumeProject request, DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var days = WorkingCalendar.China.DayOf(now).DayNumber - WorkingCalendar.China.DayOf(since).DayNumber;
        return session.Connection.RunAsync(
            """
            with moved as (
                update project_stage s
                set planned_end = s.planned_end + @days, planned_start = case when s.started_at is null then s.planned_start + @days else s.planned_start end
                where s.community_id = @community and s.project_id = @project and s.completed_at is null and s.planned_end is not null and @days > 0
                returning s.stage, s.planned_end)
            insert into project_date_change (community_id, project_id, change_id, at, stage, end_was, end_is, reason)
            select @community, @project, gen_random_uuid(), @now, m.stage, m.planned_end - @days, m.planned_end,
                (select reason from project_suspension where community_id = @community and project_id = @project and resumed_at is null)
            from moved m
            """,
            new { days, request.Community, request.Project, now },
            cancellationToken);
    }
}

/// <summary>Windows and due instants that were still ahead when a project was suspended, moved together with the workflow's timers.</summary>
internal static class Windows
{
    /// <remarks>Ballots and timers move by themselves. Periods fixed by law run on: they stay where they are. What was moved is no longer counted by the calendar.</remarks>
    public static Task MoveAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset since, TimeSpan by, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            update work_task set due_at = due_at + @by, term_unit = null, term_amount = null, term_from = null where community_id = @community and project_id = @project and state = 'Open' and due_at > @since;
            update notice set closes_at = closes_at + @by where community_id = @community and project_id = @project and state = 'Open' and closes_at > @since and not is_legal_period;
            update meeting set meets_at = meets_at + @by where community_id = @community and project_id = @project and state = 'Called' and meets_at > @since;
            update visit_round set until_at = until_at + @by where community_id = @community and project_id = @project and state = 'Open' and until_at > @since;
            update pledge_board set closes_at = closes_at + @by where community_id = @community and project_id = @project and state = 'Open' and closes_at > @since;
            update covenant set comments_until = comments_until + @by, due_at = due_at + @by
            where community_id = @community and project_id = @project and state = 'Draft' and comments_until > @since;
            update evaluation set closes_at = closes_at + @by where community_id = @community and project_id = @project and state = 'Open' and closes_at > @since;
            """,
            new { community, project, since, by },
            cancellationToken);
}
