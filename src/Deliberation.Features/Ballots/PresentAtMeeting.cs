using Dapper;
using Deliberation.Domain.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Who was there when a meeting voted: the quorum is tested at each ballot.</summary>
internal static class PresentAtMeeting
{
    /// <returns>Units of the roll signed in at the last meeting of the ballot's workflow; null when the rule does not ask or there was no meeting.</returns>
    public static async Task<int?> CountAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) =>
        BallotRule.Read(ballot.Rule) is { Kind: RuleKind.Meeting } or { IsMajority: true, Base: MajorityBase.Present }
            ? await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
                """
                select (
                    select count(distinct e.unit_key)
                    from roll_entry e
                    join attendance a on a.community_id = m.community_id and a.meeting_id = m.meeting_id
                        and (e.unit_key = 'h:' || a.attendee_id or e.unit_key = 'r:' || coalesce(a.resident_id, a.attendee_id)
                            or exists (select from roll_entry_person p
                                where p.community_id = e.community_id and p.ballot_id = e.ballot_id and p.unit_key = e.unit_key and p.resident_id = a.resident_id))
                    where e.community_id = @CommunityId and e.ballot_id = @BallotId and not e.is_removed)
                from meeting m
                where m.community_id = @CommunityId and m.instance_id = @InstanceId and m.outcome is distinct from 'Cancelled'
                order by m.meets_at desc limit 1
                """,
                new { ballot.CommunityId, ballot.BallotId, ballot.InstanceId },
                cancellationToken: cancellationToken))
            : null;
}
