using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Departments;

/// <summary>A department, locked.</summary>
/// <param name="EndedAt">Null while it answers for things.</param>
internal sealed record DepartmentRow(Guid DepartmentId, string Name, string PostCode, DateTimeOffset? EndedAt);

internal static class DepartmentRows
{
    /// <summary>Locked so that it does not end meanwhile, or that nothing is given to it while it ends; null when there is none.</summary>
    public static Task<DepartmentRow?> LockDepartmentAsync(this NpgsqlConnection connection, CommunityId community, Guid? department, CancellationToken cancellationToken) =>
        connection.RowAsync<DepartmentRow>(
            "select department_id, name, post_code, ended_at from department where community_id = @community and department_id = @department::uuid for update",
            new { community, department },
            cancellationToken);

    /// <summary>The same for one that something is given to: an ended one counts as none.</summary>
    public static async Task<DepartmentRow?> LockActiveDepartmentAsync(this NpgsqlConnection connection, CommunityId community, Guid? department, CancellationToken cancellationToken) =>
        await connection.LockDepartmentAsync(community, department, cancellationToken) is { EndedAt: null } active ? active : null;
}
