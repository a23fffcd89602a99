using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Projects;
using Deliberation.Features.Workflows;
using Deliberation.Process.Projects;

namespace Deliberation.Features.Outcomes;

/// <summary>Publishes the outcome story as it was written; figures that nobody typed come from pledges and payments.</summary>
internal sealed class PublishOutcomeHandler : IWorkflowCommandHandler<PublishOutcomeCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(PublishOutcomeCommand command, StepContext step, CancellationToken cancellationToken)
    {
        await step.Connection.RunAsync(
            """
            insert into outcome (community_id, project_id, title, money_in_fen, money_out_fen, state, published_at)
            values (@community, @project, @title,
                coalesce((select sum(p.quantity) from pledge p join pledge_board b using (community_id, board_id) join pledge_need n using (community_id, board_id, need_id)
                    where b.community_id = @community and b.project_id = @project and n.kind = 'Money' and p.state = 'Kept'), 0),
                coalesce((select sum(amount_fen) from payment where community_id = @community and project_id = @project and state = 'Paid'), 0),
                'Published', @now)
            on conflict (community_id, project_id) do update
            set title = case when outcome.title = '' then excluded.title else outcome.title end,
                money_in_fen = case when outcome.money_in_fen = 0 then excluded.money_in_fen else outcome.money_in_fen end,
                money_out_fen = case when outcome.money_out_fen = 0 then excluded.money_out_fen else outcome.money_out_fen end,
                state = 'Published', published_at = @now
            """,
            new { community = step.Community, project = step.Project, command.Title, step.Now },
            cancellationToken);
        JsonObject values = new() { ["title"] = command.Title };
        var link = $"/outcomes/{step.Project}";
        await step.TimelineAsync("Outcome", "outcome.timeline.published", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"outcome:{step.Project}:published",
                TextKey = "outcome.message.published",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = link,
                Now = step.Now,
            },
            cancellationToken);
        await step.AuditAsync("PublishOutcome", $"project:{step.Project}", cancellationToken);
        return [];
    }
}

/// <summary>Closes the project: refuses without an upkeep owner and a review date, then files a fingerprint of every record.</summary>
internal sealed class CloseProjectHandler : IWorkflowCommandHandler<CloseProjectCommand>
{
    /// <exception cref="InvalidOperationException">Nobody keeps the result in order: the step is parked with these words.</exception>
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CloseProjectCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var project = await step.LockProjectAsync(cancellationToken);
        if (project.UpkeepOwner is null || project.UpkeepReviewOn is null)
        {
            throw new InvalidOperationException("project.upkeep-missing: a project is closed only with an upkeep owner and a review date.");
        }

        await step.Connection.RunAsync(
            "update project set state = 'Closed', closed_at = @now, version = version + 1 where community_id = @community and project_id = @project",
            new { step.Now, community = step.Community, project = step.Project },
            cancellationToken);
        await step.TimelineAsync(
            "Stage", "project.timeline.closed",
            new JsonObject { ["title"] = project.Title, ["upkeepOwner"] = project.UpkeepOwner, ["reviewOn"] = project.UpkeepReviewOn.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            project.Link, cancellationToken);
        await step.AuditAsync("CloseProject", $"project:{step.Project}", cancellationToken);

        // Last, so that the archive covers the closing itself.
        var manifest = await ArchiveManifest.ReadAsync(step.Connection, step.Community, step.Project, cancellationToken);
        await step.Connection.RunAsync(
            """
            insert into project_archive (community_id, project_id, closed_at, record_count, manifest, sha256)
            values (@community, @project, @now, @records, @tables, @sha256)
            """,
            new { community = step.Community, project = step.Project, step.Now, records = manifest.RecordCount, tables = manifest.ToJson(), sha256 = manifest.Sha256 },
            cancellationToken);
        return [];
    }
}
