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

internal sealed record ObjectionCounts(int Open, int Upheld);

internal static class NoticeRows
{
    public static Task<NoticeRow?> LockNoticeAsync(this NpgsqlConnection connection, CommunityId community, Guid notice, CancellationToken cancellationToken) =>
        connection.RowAsync<NoticeRow>(
            $"select {NoticeRow.Columns} from notice where community_id = @community and notice_id = @notice for update",
            new { community, notice },
            cancellationToken);

    public static async Task<ObjectionCounts> CountObjectionsAsync(this NpgsqlConnection connection, CommunityId community, Guid notice, CancellationToken cancellationToken) =>
        (await connection.RowAsync<ObjectionCounts>(
            """
            select count(*) filter (where state = 'Open')::int as open, count(*) filter (where state = 'Upheld')::int as upheld
            from objection where community_id = @community and notice_id = @notice
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
