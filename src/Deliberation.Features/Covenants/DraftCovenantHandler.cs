using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Process.Covenants;

namespace Deliberation.Features.Covenants;

/// <summary>Opens the draft and asks every household for comments.</summary>
internal sealed class DraftCovenantHandler : IWorkflowCommandHandler<DraftCovenantCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(DraftCovenantCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await step.Connection.RunAsync(
            """
            insert into covenant (community_id, covenant_id, project_id, instance_id, visit_id, kind, title, comments_until, due_at)
            values (@community, @id, @project, @instanceId, @visitId, @kind, @title, @commentsUntil, @dueAt)
            """,
            new { community = step.Community, id, project = step.Project, step.InstanceId, step.VisitId, command.Kind, command.Title, command.CommentsUntil, command.DueAt },
            cancellationToken);
        JsonObject values = new() { ["title"] = command.Title, ["until"] = command.CommentsUntil };
        var link = $"/covenants/{id}";
        await step.TimelineAsync("Covenant", "covenant.timeline.drafted", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"covenant:{id}:comment",
                TextKey = "covenant.message.comment",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = link,
                Now = step.Now,
            },
            cancellationToken);
        await step.AuditAsync("DraftCovenant", $"covenant:{id}", cancellationToken);
        return [];
    }
}
