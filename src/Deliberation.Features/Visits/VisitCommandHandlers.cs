using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Process.Visits;

namespace Deliberation.Features.Visits;

/// <summary>Starts a round of household visits over the households there are now.</summary>
internal sealed class StartVisitsHandler : IWorkflowCommandHandler<StartVisitsCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(StartVisitsCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var households = await step.Connection.ScalarAsync<int>(
            """
            insert into visit_round (community_id, visit_round_id, project_id, instance_id, visit_id, coverage_percent, household_count, starts_at, until_at)
            select @community, @id, @project, @instanceId, @visitId, @coveragePercent, count(*), @now, @until
            from household where community_id = @community and moved_out_at is null
            returning household_count
            """,
            new { community = step.Community, id, project = step.Project, step.InstanceId, step.VisitId, command.CoveragePercent, step.Now, command.Until },
            cancellationToken);
        await step.TimelineAsync(
            "Visit", "visit.timeline.started",
            new JsonObject { ["percent"] = command.CoveragePercent, ["households"] = households, ["until"] = command.Until }, $"/staff/visits/{step.Project}", cancellationToken);
        await step.AuditAsync("StartVisits", $"visits:{id}", cancellationToken);
        return [];
    }
}

/// <summary>Ends the round, covered or not.</summary>
internal sealed class EndVisitsHandler : IWorkflowCommandHandler<EndVisitsCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(EndVisitsCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var round = await step.Connection.RowAsync<VisitRoundRow>(
            $"select {VisitRoundRow.Columns} from visit_round where community_id = @community and instance_id = @instanceId and visit_id = @visitId for update",
            new { community = step.Community, step.InstanceId, step.VisitId },
            cancellationToken);
        if (round is null || round.State == "Ended")
        {
            return [];
        }

        await step.Connection.RunAsync(
            "update visit_round set state = 'Ended', ended_at = @now where community_id = @community and visit_round_id = @id",
            new { step.Now, community = step.Community, id = round.VisitRoundId },
            cancellationToken);
        var visited = await step.Connection.CountVisitedAsync(step.Community, round.VisitRoundId, cancellationToken);
        await step.TimelineAsync(
            "Visit", "visit.timeline.ended", new JsonObject { ["visited"] = visited, ["households"] = round.HouseholdCount },
            $"/staff/visits/{step.Project}", cancellationToken);
        await step.AuditAsync("EndVisits", $"visits:{round.VisitRoundId}", cancellationToken);
        return [];
    }
}
