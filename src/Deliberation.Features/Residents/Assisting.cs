using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Features.Residents;

/// <summary>Who may help whom: candidates and their families neither help nor witness (domain.md 5, requirement 4).</summary>
internal static class Assisting
{
    /// <summary>
    /// Looks at one ballot, or at all running ones of the voter's. Families are known as far as the register goes: who shares the candidate's household.
    /// Who lives elsewhere is asked about, and what was said is on record.
    /// </summary>
    /// <param name="ballot">Null: all that are open or paused and have <paramref name="voter"/> on their roll.</param>
    public static Task<Closeness> FindAsync(
        NpgsqlConnection connection, CommunityId community, ResidentId voter, BallotId? ballot, StaffId helper, string witness, CancellationToken cancellationToken) =>
        connection.QuerySingleAsync<Closeness>(new CommandDefinition(
            """
            select coalesce(bool_or(c.resident_id is not null), false) as has_candidates,
                coalesce(bool_or(o.text = any(n.names) or c.full_name = any(n.names) or k.full_name = any(n.names)), false) as is_close
            from ballot b
            cross join (select array[@witness, (select display_name from staff where staff_id = @helper)] as names) n
            cross join lateral jsonb_to_recordset(b.options) as o (id text, text text)
            left join resident c on c.community_id = b.community_id and c.resident_id = case when o.id ~ '^[0-9a-f-]{36}$' then o.id::uuid end
            left join resident k on k.community_id = c.community_id and k.household_id = c.household_id
            where b.community_id = @community
                and (b.ballot_id = @ballot
                    or @ballot::uuid is null and b.state in ('Open', 'Paused') and exists (
                        select from roll_entry_person p where p.community_id = b.community_id and p.ballot_id = b.ballot_id and p.resident_id = @voter))
            """,
            new { community, voter, ballot, helper, witness },
            cancellationToken: cancellationToken));
}

/// <param name="HasCandidates">People stand for election on these ballots.</param>
/// <param name="IsClose">The helper or the witness has the name of a candidate or of somebody in a candidate's household.</param>
internal sealed record Closeness(bool HasCandidates, bool IsClose);
