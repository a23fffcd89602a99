using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Visits;

/// <summary>Where a household stands in a round of visits.</summary>
public enum VisitStanding
{
    /// <summary>Nobody came yet, or nobody was at home (待走访).</summary>
    ToVisit,

    /// <summary>Somebody was met (见到了).</summary>
    Met,

    /// <summary>Did not want to talk and was not met at another time (不愿谈): counts as visited.</summary>
    Declined,
}

/// <summary>A household on the visiting list.</summary>
/// <param name="Outcome">The best of its visits: Met, else Declined, else NotHome; null = not visited yet.</param>
public sealed record VisitLine(HouseholdId Household, string Building, string Door, int Visits, string? Outcome, DateTimeOffset? LastAt);

/// <summary>How many households of a building stand where.</summary>
public sealed record VisitCount(string Building, int ToVisit, int Met, int Declined)
{
    public int All => ToVisit + Met + Declined;
}

/// <summary>A round of household visits (走访).</summary>
/// <param name="VisitedCount">Households met at least once, or that declined.</param>
/// <param name="EndedAt">When it was covered, else when it was ended; null while it is open.</param>
/// <param name="Counts">By building, of the whole round whatever is asked for.</param>
/// <param name="Households">Those asked for.</param>
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
    DateTimeOffset? EndedAt,
    IReadOnlyList<VisitCount> Counts,
    Paged<VisitLine> Households);

/// <summary>The newest round of visits of a project, by building and door.</summary>
/// <param name="Standing">Only households that stand so; null = all.</param>
/// <param name="Building">Only this building; null or empty = all.</param>
public sealed record GetVisits(Caller Caller, CommunityId Community, ProjectId Project, VisitStanding? Standing, string? Building, PageRequest Page) : IQuery<VisitsPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetVisitsHandler(CouncilSession session) : IRequestHandler<GetVisits, Result<VisitsPage>>
{
    /// <summary>Every household of the round with the best of its visits.</summary>
    private const string Doors =
        """
        select d.*, case d.outcome when 'Met' then 'Met' when 'Declined' then 'Declined' else 'ToVisit' end as standing
        from (
            select h.household_id as household, h.building, h.door, count(e.entry_id)::int as visits, max(e.visited_at) as last_at,
                case when bool_or(e.outcome = 'Met') then 'Met' when bool_or(e.outcome = 'Declined') then 'Declined' else max(e.outcome) end as outcome
            from household h
            left join visit_entry e on e.community_id = h.community_id and e.household_id = h.household_id and e.visit_round_id = @round
            where h.community_id = @community and h.moved_out_at is null
            group by h.household_id, h.building, h.door) d
        """;

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
        var values = new
        {
            request.Community,
            round = round.VisitRoundId,
            standing = request.Standing?.ToString(),
            building = string.IsNullOrEmpty(request.Building) ? null : request.Building,
        };
        var counts = await connection.RowsAsync<VisitCount>(
            $"""
            select building, count(*) filter (where standing = 'ToVisit')::int as to_visit, count(*) filter (where standing = 'Met')::int as met,
                count(*) filter (where standing = 'Declined')::int as declined
            from ({Doors}) doors group by building order by length(building), building
            """,
            values,
            cancellationToken);
        var households = await connection.PageAsync<VisitLine, VisitLine>(
            $"""
            select household, building, door, visits, outcome, last_at from ({Doors}) doors
            where (@standing::text is null or standing = @standing) and (@building::text is null or building = @building)
            """,
            "length(building), building, length(door), door",
            values,
            request.Page,
            line => line,
            cancellationToken);
        var visited = await connection.CountVisitedAsync(request.Community, round.VisitRoundId, cancellationToken);
        return new VisitsPage(
            round.VisitRoundId, request.Project, title, round.CoveragePercent, round.HouseholdCount, visited, round.NeededCount, round.StartsAt, round.UntilAt, round.State, round.EndedAt,
            counts, households);
    }
}
