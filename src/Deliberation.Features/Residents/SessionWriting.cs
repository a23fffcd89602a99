using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>Begins and ends sessions in the caller's transaction.</summary>
internal static class SessionWriting
{
    /// <summary>An assisted session lasts this long, machine time.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    /// <param name="household">Household to act for; null: the resident's own.</param>
    /// <returns>The cookie's secret.</returns>
    public static async Task<string> BeginAsync(
        NpgsqlConnection connection,
        CommunityId community,
        ResidentId resident,
        HouseholdId? household,
        string kind,
        StaffId? helper,
        string? witness,
        CancellationToken cancellationToken)
    {
        var secret = Secrets.NewSession(community);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into resident_session (community_id, session_hash, session_id, resident_id, household_id, kind, helper_id, witness, lease_until)
            select @community, @hash, @id, r.resident_id, coalesce(@household, r.household_id), @kind, @helper, @witness,
                case when @kind = 'Assisted' then clock_timestamp() + @lease end
            from resident r where r.community_id = @community and r.resident_id = @resident
            """,
            new { community, hash = Secrets.Hash(secret), id = Guid.NewGuid(), resident, household, kind, helper, witness, lease = Lease },
            cancellationToken: cancellationToken));
        return secret;
    }

    public static Task<int> RevokeAsync(
        NpgsqlConnection connection, CommunityId community, ResidentId[] residents, string reason, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update resident_session set revoked_at = clock_timestamp(), revoked_reason = @reason
            where community_id = @community and resident_id = any(@ids) and revoked_at is null
            """,
            new { community, ids = residents.Select(r => r.Value).ToArray(), reason },
            cancellationToken: cancellationToken));
}
