using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Notices;

/// <summary>A notice as stored, locked.</summary>
internal sealed record NoticeRow(
    Guid NoticeId, ProjectId ProjectId, Guid InstanceId, string VisitId, string Title, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome)
{
    public const string Columns = "notice_id, project_id, instance_id, visit_id, title, opens_at, closes_at, state, outcome";

    public string Link => $"/notices/{NoticeId}";
}

/// <param name="Open">Without an answer, the second one too, or with a recount that waits.</param>
/// <param name="Upheld">Those after which the notice has to be repeated: one that led to a recount only when another outcome came of it.</param>
internal sealed record ObjectionCounts(int Open, int Upheld);

internal static class NoticeRows
{
    public static Task<NoticeRow?> LockNoticeAsync(this NpgsqlConnection connection, CommunityId community, Guid notice, CancellationToken cancellationToken) =>
        connection.RowAsync<NoticeRow>(
            $"select {NoticeRow.Columns} from notice where community_id = @community and notice_id = @notice for update",
            new { community, notice },
            cancellationToken);

    /// <summary>Everybody of the community; to a ballot's result only people of its roll.</summary>
    public static Task<bool> MayObjectAsync(
        this NpgsqlConnection connection, CommunityId community, Guid notice, ResidentId resident, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>(
            """
            select b.id is null or exists (
                select from roll_entry_person p join roll_entry e using (community_id, ballot_id, unit_key)
                where p.community_id = @community and p.ballot_id = b.id and p.resident_id = @resident and not e.is_removed)
            from (select result_ballot(@community::int, @notice) as id) b
            """,
            new { community, notice, resident },
            cancellationToken);

    public static async Task<ObjectionCounts> CountObjectionsAsync(this NpgsqlConnection connection, CommunityId community, Guid notice, CancellationToken cancellationToken) =>
        (await connection.RowAsync<ObjectionCounts>(
            """
            select (count(*) filter (where o.state in ('Open', 'AskedAgain') or r.state = 'Ordered'))::int as open,
                (count(*) filter (where o.state = 'Upheld' and (o.remedy is distinct from 'Recount' or r.state = 'Counted' and r.old_outcome is distinct from b.outcome)))::int as upheld
            from objection o
            left join ballot_recount r on r.community_id = o.community_id and r.recount_id = o.recount_id
            left join ballot b on b.community_id = r.community_id and b.ballot_id = r.ballot_id
            where o.community_id = @community and o.notice_id = @notice
            """,
            new { community, notice },
            cancellationToken))!;

    public static Task SetNoticeOutcomeAsync(
        this NpgsqlConnection connection, CommunityId community, NoticeRow notice, string outcome, string? reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            update notice set state = 'Decided', outcome = @outcome, withdrawn_reason = @reason, decided_at = @now
            where community_id = @community and notice_id = @noticeId
            """,
            new { outcome, reason, now, community, notice.NoticeId },
            cancellationToken);
}
