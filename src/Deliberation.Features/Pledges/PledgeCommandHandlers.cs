using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Process.Calendar;
using Deliberation.Process.Pledges;

namespace Deliberation.Features.Pledges;

/// <summary>Opens the pledge board and tells every household.</summary>
internal sealed class OpenPledgesHandler : IWorkflowCommandHandler<OpenPledgesCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(OpenPledgesCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await step.Connection.RunAsync(
            """
            insert into pledge_board (community_id, board_id, project_id, instance_id, visit_id, title, opens_at, closes_at)
            values (@community, @id, @project, @instanceId, @visitId, @title, @opensAt, @closesAt)
            """,
            new { community = step.Community, id, project = step.Project, step.InstanceId, step.VisitId, command.Title, command.OpensAt, command.ClosesAt },
            cancellationToken);
        for (var position = 0; position < command.Needs.Count; position++)
        {
            var need = command.Needs[position];
            await step.Connection.RunAsync(
                """
                insert into pledge_need (community_id, board_id, need_id, position, kind, text, quantity)
                values (@community, @board, @needId, @position, @kind, @text, @quantity)
                """,
                new { community = step.Community, board = id, needId = need.Id, position, need.Kind, need.Text, need.Quantity },
                cancellationToken);
        }

        JsonObject values = new() { ["title"] = command.Title, ["closesAt"] = command.ClosesAt };
        var link = $"/pledges/{step.Project}";
        await step.TimelineAsync("Pledge", "pledge.timeline.opened", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"pledges:{id}:opened",
                TextKey = "pledge.message.opened",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = link,
                Now = step.Now,
            },
            cancellationToken);
        await step.AuditAsync("OpenPledges", $"pledges:{id}", cancellationToken);
        return [];
    }
}

/// <summary>Ends the window: the target is met when every need is.</summary>
internal sealed class ClosePledgesHandler : IWorkflowCommandHandler<ClosePledgesCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(ClosePledgesCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var board = await step.Connection.RowAsync<PledgeBoardRow>(
            $"select {PledgeBoardRow.Columns} from pledge_board where community_id = @community and instance_id = @instanceId and visit_id = @visitId for update",
            new { community = step.Community, step.InstanceId, step.VisitId },
            cancellationToken) ?? throw new InvalidOperationException($"Visit {step.VisitId} has no pledge board.");
        var isMet = await step.Connection.ScalarAsync<bool>(
            """
            select coalesce(bool_and(n.quantity <= (
                select coalesce(sum(p.quantity), 0) from pledge p
                where p.community_id = n.community_id and p.board_id = n.board_id and p.need_id = n.need_id and p.state in ('Promised', 'Kept'))), true)
            from pledge_need n where n.community_id = @community and n.board_id = @boardId
            """,
            new { community = step.Community, board.BoardId },
            cancellationToken);
        var outcome = isMet ? "TargetMet" : "Short";
        await step.Connection.RunAsync(
            "update pledge_board set state = 'Closed', outcome = @outcome where community_id = @community and board_id = @boardId",
            new { outcome, community = step.Community, board.BoardId },
            cancellationToken);
        await step.TimelineAsync(
            "Pledge", isMet ? "pledge.timeline.target-met" : "pledge.timeline.short", new JsonObject { ["title"] = board.Title }, board.Link, cancellationToken);
        await step.AuditAsync("ClosePledges", $"pledges:{board.BoardId}", cancellationToken, details: new JsonObject { ["outcome"] = outcome });
        return [new StepEvent("decided", null, new JsonObject { ["outcome"] = outcome })];
    }
}

/// <summary>In private: nobody else learns who is late.</summary>
internal sealed class RemindPledgersHandler : IWorkflowCommandHandler<RemindPledgersCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RemindPledgersCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var today = WorkingCalendar.China.DayOf(step.Now);
        await step.Connection.TellAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"pledges:{step.InstanceId}:{step.VisitId}:due:{command.Point}",
                TextKey = "pledge.message.due",
                ReasonKey = "pledge.reason.yours",
                Link = $"/pledges/{step.Project}",
                Now = step.Now,
            },
            """
            select distinct p.resident_id
            from pledge p join pledge_board b using (community_id, board_id)
            where p.community_id = @community and b.project_id = @project and p.state = 'Promised' and p.due_on <= @today
            """,
            new { today },
            cancellationToken);
        return [];
    }
}
