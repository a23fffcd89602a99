using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Visits;

/// <summary>Notes a visit to a household. Reaching the coverage resumes the workflow, once.</summary>
/// <param name="Outcome">Met, NotHome or Declined.</param>
/// <param name="Wish">What they said; empty when nothing.</param>
/// <returns>Households visited so far.</returns>
public sealed record LogVisit(Caller Caller, CommunityId Community, Guid VisitRound, HouseholdId Household, string Outcome, string Wish) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class LogVisitHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<LogVisit, Result<int>>
{
    public async Task<Result<int>> Handle(LogVisit request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var round = await connection.RowAsync<VisitRoundRow>(
            $"select {VisitRoundRow.Columns} from visit_round where community_id = @community and visit_round_id = @visitRound for update",
            new { request.Community, request.VisitRound },
            cancellationToken);
        if (round is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (round.State == "Ended")
        {
            return Refusal.Conflict("visit.ended");
        }

        if (request.Outcome is not ("Met" or "NotHome" or "Declined"))
        {
            return Refusal.Invalid("visit.unknown-outcome", "Outcome");
        }

        var logged = await connection.RunAsync(
            """
            insert into visit_entry (community_id, visit_round_id, entry_id, household_id, outcome, wish, visited_at, staff_id)
            select @community, @visitRound, @id, household_id, @outcome, @wish, @now, @staff::uuid
            from household where community_id = @community and household_id = @household and moved_out_at is null
            """,
            new
            {
                request.Community,
                request.VisitRound,
                id = Guid.CreateVersion7(),
                request.Household,
                request.Outcome,
                wish = request.Wish.Trim(),
                now,
                staff = request.Caller.Staff?.Value,
            },
            cancellationToken);
        if (logged == 0)
        {
            return Refusal.Invalid("visit.unknown-household", "Household");
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(LogVisit), $"visits:{round.VisitRoundId}", now, cancellationToken);
        var visited = await connection.CountVisitedAsync(request.Community, request.VisitRound, cancellationToken);
        if (round.State == "Open" && visited >= round.NeededCount)
        {
            await CoverAsync(request, round, visited, now, cancellationToken);
        }

        return visited;
    }

    private async Task CoverAsync(LogVisit request, VisitRoundRow round, int visited, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.Connection.RunAsync(
            "update visit_round set state = 'Covered', covered_at = @now where community_id = @community and visit_round_id = @visitRound",
            new { now, request.Community, request.VisitRound },
            cancellationToken);
        JsonObject coverage = new() { ["coverage"] = FormattableString.Invariant($"{visited}/{round.HouseholdCount}") };
        await visits.SendAsync(request.Community, round.InstanceId, round.VisitId, "covered", coverage, now, cancellationToken);
        await session.Connection.TimelineAsync(
            request.Caller, request.Community, round.ProjectId, now, "Visit", "visit.timeline.covered",
            new JsonObject { ["visited"] = visited, ["households"] = round.HouseholdCount }, $"/staff/visits/{round.ProjectId}", cancellationToken);
    }
}
