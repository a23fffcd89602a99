using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>A slip that may be used.</summary>
/// <param name="People">Who may come in with it: the delegate when there is one, else the adults.</param>
internal sealed record UsableSlip(Guid Slip, HouseholdId? Household, string CommunityName, string Building, string Door, IReadOnlyList<PersonToChoose> People);

internal static class SlipReading
{
    public static async Task<Result<UsableSlip>> FindAsync(NpgsqlConnection connection, CommunityId community, string token, CancellationToken cancellationToken)
    {
        if (token is not { Length: >= 3 and <= 100 })
        {
            return ResidentRefusals.SlipUnknown;
        }

        var slip = await connection.QuerySingleOrDefaultAsync<SlipRow>(new CommandDefinition(
            """
            select t.token_id, t.household_id, t.resident_id, c.name as community_name, t.revoked_at is not null or h.moved_out_at is not null as is_revoked,
                coalesce(t.expires_at <= clock_timestamp(), false) as is_expired,
                coalesce(h.building, u.building, '') as building, coalesce(h.door, u.door, '') as door, council_now() as now
            from entry_token t
            join community c using (community_id)
            left join household h on h.community_id = t.community_id and h.household_id = t.household_id
            left join lateral (
                select x.building, x.door from unit_owner o join exclusive_unit x using (community_id, unit_id)
                where o.community_id = t.community_id and o.resident_id = t.resident_id order by x.building, x.door limit 1) u on true
            where t.community_id = @community and t.token_hash = @hash
            """,
            new { community, hash = Secrets.HashSlip(token) },
            cancellationToken: cancellationToken));
        if (slip is null)
        {
            return ResidentRefusals.SlipUnknown;
        }

        if (slip.IsRevoked)
        {
            return ResidentRefusals.SlipRevoked;
        }

        if (slip.IsExpired)
        {
            return ResidentRefusals.SlipExpired;
        }

        var people = await connection.QueryAsync<(Guid Resident, string Name)>(new CommandDefinition(
            """
            select r.resident_id, r.full_name
            from resident r
            left join household h on h.community_id = r.community_id and h.household_id = @household
            where r.community_id = @community
                and (r.resident_id = @resident
                    or r.resident_id = h.delegate_id
                    or r.household_id = @household and r.birth_year <= @bornBy)
            order by r.resident_id is distinct from h.delegate_id, r.birth_year, r.resident_id
            """,
            new { community, household = slip.HouseholdId, resident = slip.ResidentId, bornBy = RollBuilding.BornBy(slip.Now) },
            cancellationToken: cancellationToken));
        return new UsableSlip(
            slip.TokenId,
            slip.HouseholdId,
            slip.CommunityName,
            slip.Building,
            slip.Door,
            [.. people.Select(p => new PersonToChoose(new ResidentId(p.Resident), NameMask.Of(p.Name)))]);
    }

    private sealed record SlipRow(
        Guid TokenId,
        HouseholdId? HouseholdId,
        ResidentId? ResidentId,
        string CommunityName,
        bool IsRevoked,
        bool IsExpired,
        string Building,
        string Door,
        DateTimeOffset Now);
}
