using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Who set a project's ballots up: who launched the project, since its workflow opens them. He does not count them (domain.md 5, requirement 12).</summary>
internal static class SettingUp
{
    /// <returns>Null when nobody on our books did.</returns>
    public static async Task<StaffId?> ByAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken) =>
        await connection.ScalarAsync<Guid?>(
            "select launched_by from project where community_id = @community and project_id = @project", new { community, project }, cancellationToken) is { } staff
            ? new StaffId(staff)
            : null;
}
