using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Process.Notices;

namespace Deliberation.Features.Notices;

/// <summary>Publishes a notice and tells every household.</summary>
internal sealed class PublishNoticeHandler : IWorkflowCommandHandler<PublishNoticeCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(PublishNoticeCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var body = await NamedAsync(step, command.Body, cancellationToken);
        await step.Connection.RunAsync(
            """
            insert into notice (community_id, notice_id, project_id, instance_id, visit_id, kind, title, body, opens_at, closes_at, is_legal_period)
            values (@community, @id, @project, @instanceId, @visitId, @kind, @title, @body, @opensAt, @closesAt, @isLegalPeriod)
            """,
            new
            {
                community = step.Community,
                id,
                project = step.Project,
                step.InstanceId,
                step.VisitId,
                command.Kind,
                command.Title,
                body,
                command.OpensAt,
                command.ClosesAt,
                command.IsLegalPeriod,
            },
            cancellationToken);
        JsonObject values = new() { ["title"] = command.Title, ["closesAt"] = command.ClosesAt };
        var link = $"/notices/{id}";
        await step.TimelineAsync("Notice", "notice.timeline.published", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"notice:{id}:published",
                TextKey = "notice.message.published",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = link,
                Now = step.Now,
            },
            cancellationToken);
        await step.AuditAsync("PublishNotice", $"notice:{id}", cancellationToken);
        return [];
    }

    /// <summary>A line that is a resident's id is published as the name: whoever stands for election is named.</summary>
    private static async Task<string> NamedAsync(StepContext step, string body, CancellationToken cancellationToken)
    {
        var lines = body.Split('\n');
        var people = lines.Select(line => Guid.TryParse(line, out var person) ? person : Guid.Empty).Where(person => person != Guid.Empty).ToArray();
        if (people.Length == 0)
        {
            return body;
        }

        var names = (await step.Connection.RowsAsync<(Guid Id, string Name)>(
            "select resident_id, full_name from resident where community_id = @community and resident_id = any(@people)",
            new { community = step.Community, people },
            cancellationToken)).ToDictionary(row => row.Id, row => row.Name);
        return string.Join('\n', lines.Select(line => Guid.TryParse(line, out var person) && names.TryGetValue(person, out var name) ? name : line));
    }
}

/// <summary>The window is over: decided at once when no objection is open, else with the last answer.</summary>
internal sealed class CloseNoticeHandler : IWorkflowCommandHandler<CloseNoticeCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CloseNoticeCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var notice = await step.Connection.RowAsync<NoticeRow>(
            $"select {NoticeRow.Columns} from notice where community_id = @community and instance_id = @instanceId and visit_id = @visitId for update",
            new { community = step.Community, step.InstanceId, step.VisitId },
            cancellationToken) ?? throw new InvalidOperationException($"Visit {step.VisitId} has no notice.");
        if (notice.Outcome is { } known)
        {
            return [Decided(known)];
        }

        var counts = await step.Connection.CountObjectionsAsync(step.Community, notice.NoticeId, cancellationToken);
        if (counts.Open > 0)
        {
            await step.Connection.RunAsync(
                "update notice set state = 'Closed' where community_id = @community and notice_id = @noticeId",
                new { community = step.Community, notice.NoticeId },
                cancellationToken);
            await step.TimelineAsync(
                "Notice", "notice.timeline.waits-for-answers", new JsonObject { ["title"] = notice.Title, ["open"] = counts.Open }, notice.Link, cancellationToken);
            return [];
        }

        var outcome = counts.Upheld > 0 ? "Upheld" : "Clear";
        await step.Connection.SetNoticeOutcomeAsync(step.Community, notice, outcome, reason: null, step.Now, cancellationToken);
        await step.TimelineAsync(
            "Notice", outcome == "Clear" ? "notice.timeline.clear" : "notice.timeline.upheld", new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
        await step.AuditAsync("CloseNotice", $"notice:{notice.NoticeId}", cancellationToken, details: new JsonObject { ["outcome"] = outcome });
        return [Decided(outcome)];
    }

    private static StepEvent Decided(string outcome) => new("decided", null, new JsonObject { ["outcome"] = outcome });
}
