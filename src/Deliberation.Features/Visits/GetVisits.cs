using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Visits;

/// <summary>A household on the visiting list.</summary>
/// <param name="LastOutcome">Met, NotHome, Declined; null = not visited yet.</param>
public sealed record VisitLine(HouseholdId Household, string Building, string Door, int Visits, string? LastOutcome, DateTimeOffset? LastAt);

/// <summary>A round of household visits (走访).</summary>
/// <param name="VisitedCount">Households met at least once, or that declined.</param>
public sealed record VisitsPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    int CoveragePercent,
    int HouseholdCount,
    int VisitedCount,
    int NeededCount,
    DateTimeOffset StartsAt,
    DateTimeOffset UntilAt,
    string State,
    IReadOnlyList<VisitLine> Households);

/// <summary>The newest round of visits of a project.</summary>
public sealed record GetVisits(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<VisitsPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetVisitsHandler(CouncilSession session) : IRequestHandler<GetVisits, Result<VisitsPage>>
{
    public async Task<Result<VisitsPage>> Handle(GetVisits request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var round = await connection.RowAsync<VisitRoundRow>(
            $"select {VisitRoundRow.Columns} from visit_round where community_id = @community and project_id = @project order by starts_at desc, visit_round_id desc limit 1",
            new { request.Community, request.Project },
            cancellationToken);
        if (round is null)
        {
            return AccessRefusals.NotFound;
        }

        var title = await connection.ScalarAsync<string>(
            "select title from project where community_id = @community and project_id = @project", new { request.Community, request.Project }, cancellationToken);
        var households = await connection.RowsAsync<VisitLine>(
            """
            select h.household_id as household, h.building, h.door, count(e.entry_id)::int as visits,
                (array_agg(e.outcome order by e.visited_at desc))[1] as last_outcome, max(e.visited_at) as last_at
            from household h
            left join visit_entry e on e.community_id = h.community_id and e.household_id = h.household_id and e.visit_round_id = @round
            where h.community_id = @community and h.moved_out_at is null
            group by h.household_id, h.building, h.door
            order by h.building, h.door
            """,
            new { request.Community, round = round.VisitRoundId },
            cancellationToken);
        var visited = await connection.CountVisitedAsync(request.Community, round.VisitRoundId, cancellationToken);
        return new VisitsPage(
            round.VisitRoundId, request.Project, title, round.CoveragePercent, round.HouseholdCount, visited, round.NeededCount, round.StartsAt, round.UntilAt, round.State, households);
    }
}
