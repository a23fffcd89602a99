using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Npgsql;

namespace Deliberation.Features.Notices;

/// <summary>A notice whose window is over ends with the last thing that it waits for: an answer, or a recount that an answer ordered.</summary>
internal static class NoticeEnding
{
    /// <summary>Ends it when its window is over and nothing waits; else leaves it.</summary>
    public static async Task EndNoticeWhenLastAsync(
        this NpgsqlConnection connection, VisitEvents visits, Caller caller, CommunityId community, NoticeRow notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counts = await connection.CountObjectionsAsync(community, notice.NoticeId, cancellationToken);
        if (notice.State != "Closed" || counts.Open > 0)
        {
            return; // the window still runs, or others wait for their answer
        }

        var outcome = counts.Upheld > 0 ? "Upheld" : "Clear";
        await connection.SetNoticeOutcomeAsync(community, notice, outcome, reason: null, now, cancellationToken);
        await visits.SendAsync(community, notice.InstanceId, notice.VisitId, "decided", new JsonObject { ["outcome"] = outcome }, now, cancellationToken);
        await connection.TimelineAsync(
            caller, community, notice.ProjectId, now, "Notice", outcome == "Clear" ? "notice.timeline.clear" : "notice.timeline.upheld",
            new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
    }

    /// <summary>After a recount, under the ballot's lock: notices of its result that waited for it.</summary>
    public static async Task EndNoticesOfResultAsync(
        this NpgsqlConnection connection, VisitEvents visits, Caller caller, CommunityId community, BallotId ballot, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notices = await connection.RowsAsync<Guid>(
            """
            select n.notice_id from ballot b join notice n using (community_id, project_id, instance_id)
            where b.community_id = @community and b.ballot_id = @ballot and n.state = 'Closed' and result_ballot(n.community_id, n.notice_id) = b.ballot_id
            order by n.notice_id
            """,
            new { community, ballot },
            cancellationToken);
        foreach (var id in notices)
        {
            if (await connection.LockNoticeAsync(community, id, cancellationToken) is { } notice)
            {
                await connection.EndNoticeWhenLastAsync(visits, caller, community, notice, now, cancellationToken);
            }
        }
    }
}
