using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Suspends a running project (暂停): no timer fires until it is resumed. Everybody who voted or is asked to is told.</summary>
/// <param name="ResumeOn">Planned day of resumption, after today.</param>
public sealed record SuspendProject(Caller Caller, CommunityId Community, ProjectId Project, string Reason, DateOnly ResumeOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class SuspendProjectHandler(CouncilSession session, IWorkflowControl workflows) : IRequestHandler<SuspendProject, Result<Done>>
{
    public async Task<Result<Done>> Handle(SuspendProject request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        // Instances first, then the project: the order in which steps lock them.
        await workflows.PauseProjectAsync(connection, request.Community, request.Project, now, cancellationToken);
        if (await connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        if (!project.IsRunning)
        {
            return ProjectRefusals.NotRunning;
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return ProjectRefusals.ReasonMissing;
        }

        if (request.ResumeOn <= WorkingCalendar.China.DayOf(now))
        {
            return Refusal.Invalid("project.resume-day-past", "ResumeOn");
        }

        await BallotControl.PauseForProjectAsync(connection, request.Community, request.Project, request.Reason, now, cancellationToken);
        await connection.RunAsync(
            """
            update project set resume_state = state, state = 'Suspended', suspended_at = @now, version = version + 1
            where community_id = @community and project_id = @project
            """,
            new { now, request.Community, request.Project },
            cancellationToken);
        await connection.RunAsync(
            """
            insert into project_suspension (community_id, project_id, suspended_at, reason, resume_on)
            values (@community, @project, @now, @reason, @resumeOn)
            """,
            new { request.Community, request.Project, now, request.Reason, request.ResumeOn },
            cancellationToken);
        JsonObject values = new() { ["title"] = project.Title, ["reason"] = request.Reason, ["resumeOn"] = request.ResumeOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        await connection.TimelineAsync(request.Caller, request.Community, request.Project, now, "Change", "project.timeline.suspended", values, project.Link, cancellationToken);
        await connection.TellEveryoneAsync(
            ProjectNews.Of(request.Community, project, $"suspended:{now.UtcTicks}", "project.message.suspended", values, now), cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(SuspendProject), $"project:{request.Project}", now, cancellationToken, request.Reason);
        return Done.Value;
    }
}

/// <summary>News for everybody who voted or is or will be asked to.</summary>
internal static class ProjectNews
{
    public static Broadcast Of(CommunityId community, ProjectRow project, string dedup, string textKey, JsonObject values, DateTimeOffset now) => new()
    {
        Community = community,
        Project = project.ProjectId,
        DedupKey = $"project:{project.ProjectId}:{dedup}",
        TextKey = textKey,
        Values = values,
        ReasonKey = "project.reason.concerned",
        Link = project.Link,
        Now = now,
    };
}
