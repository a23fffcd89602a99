using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Visits;

/// <summary>A round of visits as stored.</summary>
internal sealed record VisitRoundRow(
    Guid VisitRoundId, ProjectId ProjectId, Guid InstanceId, string VisitId, int CoveragePercent, int HouseholdCount, DateTimeOffset StartsAt, DateTimeOffset UntilAt, string State, DateTimeOffset? EndedAt)
{
    public const string Columns = "visit_round_id, project_id, instance_id, visit_id, coverage_percent, household_count, starts_at, until_at, state, coalesce(covered_at, ended_at) as ended_at";

    /// <summary>Smallest number of households that reaches the coverage, inclusive.</summary>
    public int NeededCount => (int)((((long)HouseholdCount * CoveragePercent) + 99) / 100);
}

internal static class VisitCounts
{
    /// <summary>A household that was not home was not visited; one that declined was.</summary>
    public static Task<int> CountVisitedAsync(this NpgsqlConnection connection, CommunityId community, Guid round, CancellationToken cancellationToken) =>
        connection.ScalarAsync<int>(
            """
            select count(distinct household_id)::int from visit_entry
            where community_id = @community and visit_round_id = @round and outcome <> 'NotHome'
            """,
            new { community, round },
            cancellationToken);
}
