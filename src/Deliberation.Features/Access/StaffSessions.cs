using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Access;

/// <summary>What a signed-in member of staff may do right now.</summary>
public sealed record StaffSession(StaffId Staff, string DisplayName, CallerKind Kind, IReadOnlySet<CommunityId> Communities);

/// <summary>Looks whether a sign-in still holds: the account is enabled and its stamp unchanged.</summary>
public sealed class StaffSessions(NpgsqlDataSource dataSource)
{
    /// <returns>Null when the person was shut out, changed the password or was signed out everywhere.</returns>
    public async Task<StaffSession?> FindAsync(StaffId staff, Guid securityStamp, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select s.display_name, s.kind, c.community_id
            from staff s left join staff_scope c on c.staff_id = s.staff_id
            where s.staff_id = @staff and s.security_stamp = @securityStamp and s.is_enabled
            """,
            new { staff = staff.Value, securityStamp },
            cancellationToken: cancellationToken))).ToList();
        return rows.Count == 0
            ? null
            : new StaffSession(
                staff,
                rows[0].DisplayName,
                Enum.Parse<CallerKind>(rows[0].Kind),
                rows.Where(r => r.CommunityId is not null).Select(r => new CommunityId(r.CommunityId!.Value)).ToHashSet());
    }

    private sealed record Row
    {
        public string DisplayName { get; init; } = "";
        public string Kind { get; init; } = "";
        public int? CommunityId { get; init; }
    }
}
