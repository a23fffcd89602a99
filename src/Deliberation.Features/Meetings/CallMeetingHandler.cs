using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Process.Meetings;

namespace Deliberation.Features.Meetings;

/// <summary>Calls a meeting: the open points of the round before open its agenda; every household is invited.</summary>
internal sealed class CallMeetingHandler : IWorkflowCommandHandler<CallMeetingCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CallMeetingCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await step.Connection.RunAsync(
            """
            insert into meeting (community_id, meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, place, quorum_numerator, quorum_denominator, quorum_is_strict, expected_count)
            select @community, @id, @project, @instanceId, @visitId, @kind, @round, @theme, @meetsAt,
                coalesce((select place from meeting where community_id = @community and project_id = @project order by meets_at desc limit 1), ''),
                @quorumNumerator, @quorumDenominator, @quorumIsStrict,
                case when @kind in ('Group', 'Assembly')
                    then (select count(*) from household where community_id = @community and moved_out_at is null)
                    else (select expected_count from meeting where community_id = @community and project_id = @project and kind = @kind order by meets_at desc limit 1) end
            """,
            new
            {
                community = step.Community,
                id,
                project = step.Project,
                step.InstanceId,
                step.VisitId,
                command.Kind,
                command.Round,
                command.Theme,
                command.MeetsAt,
                command.QuorumNumerator,
                command.QuorumDenominator,
                command.QuorumIsStrict,
            },
            cancellationToken);
        var carried = 0;
        foreach (var point in command.OpenPoints.Where(point => !string.IsNullOrWhiteSpace(point)))
        {
            await step.Connection.AddAgendaItemAsync(step.Community, id, point, speaker: "", isCarried: true, cancellationToken);
            carried++;
        }

        await step.Connection.AddAgendaItemAsync(step.Community, id, command.Theme, speaker: "", isCarried: false, cancellationToken);
        JsonObject values = new() { ["theme"] = command.Theme, ["round"] = command.Round, ["meetsAt"] = command.MeetsAt, ["carried"] = carried };
        var link = $"/meetings/{id}";
        await step.TimelineAsync("Meeting", "meeting.timeline.called", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(Invitation(step, id, values, link), cancellationToken);
        await step.AuditAsync("CallMeeting", $"meeting:{id}", cancellationToken);
        return [];
    }

    private static Broadcast Invitation(StepContext step, Guid id, JsonObject values, string link) => new()
    {
        Community = step.Community,
        Project = step.Project,
        DedupKey = $"meeting:{id}:invited",
        TextKey = "meeting.message.invited",
        Values = values,
        ReasonKey = "notice.reason.household",
        Link = link,
        Now = step.Now,
    };
}
