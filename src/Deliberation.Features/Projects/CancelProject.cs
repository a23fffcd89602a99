using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Cancels a project for good. Open ballots are voided; everybody who voted or is asked to is told.</summary>
public sealed record CancelProject(Caller Caller, CommunityId Community, ProjectId Project, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class CancelProjectHandler(CouncilSession session, IWorkflowControl workflows) : IRequestHandler<CancelProject, Result<Done>>
{
    public async Task<Result<Done>> Handle(CancelProject request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        await workflows.CancelProjectAsync(connection, request.Community, request.Project, now, cancellationToken);
        if (await connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        if (!project.IsRunning && project.State != "Suspended")
        {
            return ProjectRefusals.NotRunning;
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return ProjectRefusals.ReasonMissing;
        }

        await BallotControl.CancelForProjectAsync(connection, request.Community, request.Project, request.Reason, now, cancellationToken);
        await EndOpenThingsAsync(request, now, cancellationToken);
        JsonObject values = new() { ["title"] = project.Title, ["reason"] = request.Reason };
        await connection.TimelineAsync(request.Caller, request.Community, request.Project, now, "Change", "project.timeline.cancelled", values, project.Link, cancellationToken);
        await connection.TellEveryoneAsync(ProjectNews.Of(request.Community, project, "cancelled", "project.message.cancelled", values, now), cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(CancelProject), $"project:{request.Project}", now, cancellationToken, request.Reason);
        return Done.Value;
    }

    private Task<int> EndOpenThingsAsync(CancelProject request, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.RunAsync(
            """
            update project set state = 'Cancelled', closed_at = @now, version = version + 1 where community_id = @community and project_id = @project;
            update work_task set state = 'Withdrawn', withdrawn_reason = 'task.project-cancelled' where community_id = @community and project_id = @project and state = 'Open';
            update supervision_order set state = 'Closed', closed_at = @now where community_id = @community and project_id = @project and state <> 'Closed';
            update notice set state = 'Decided', outcome = 'Withdrawn', withdrawn_reason = @reason, decided_at = @now
            where community_id = @community and project_id = @project and state <> 'Decided';
            update meeting set state = 'Concluded', outcome = 'Cancelled', reason = @reason, concluded_at = @now
            where community_id = @community and project_id = @project and state = 'Called';
            update visit_round set state = 'Ended', ended_at = @now where community_id = @community and project_id = @project and state <> 'Ended';
            update pledge_board set state = 'Closed', outcome = 'Short' where community_id = @community and project_id = @project and state = 'Open';
            update covenant set state = 'Withdrawn', ended_at = @now, ended_reason = @reason where community_id = @community and project_id = @project and state = 'Draft';
            update evaluation set state = 'Closed', outcome = 'TooFew', answer_count = 0, satisfied_count = 0, closed_at = @now
            where community_id = @community and project_id = @project and state = 'Open';
            """,
            new { now, request.Reason, request.Community, request.Project },
            cancellationToken);
}
