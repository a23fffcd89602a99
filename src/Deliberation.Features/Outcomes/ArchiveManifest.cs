using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Outcomes;

/// <summary>The records of a project, fingerprinted table by table. Secret choices are not among them: ballots come in as their results.</summary>
internal sealed record ArchiveManifest(IReadOnlyList<ArchivedTable> Tables)
{
    /// <summary>Tables whose rows carry the project, with the key that orders them. What changes after closing (messages read, names) stays out.</summary>
    private static readonly (string Table, string Rows)[] Parts =
    [
        ("project_event", "select to_jsonb(x)::text as line from project_event x where x.community_id = @community and x.project_id = @project"),
        ("project_stage", "select to_jsonb(x)::text as line from project_stage x where x.community_id = @community and x.project_id = @project"),
        ("work_task", "select to_jsonb(x)::text as line from work_task x where x.community_id = @community and x.project_id = @project and x.state <> 'Open'"),
        ("meeting", "select to_jsonb(x)::text as line from meeting x where x.community_id = @community and x.project_id = @project"),
        ("attendance", "select to_jsonb(x)::text as line from attendance x join meeting m using (community_id, meeting_id) where m.community_id = @community and m.project_id = @project"),
        ("notice", "select to_jsonb(x)::text as line from notice x where x.community_id = @community and x.project_id = @project"),
        ("objection", "select to_jsonb(x)::text as line from objection x join notice n using (community_id, notice_id) where n.community_id = @community and n.project_id = @project"),
        ("visit_round", "select to_jsonb(x)::text as line from visit_round x where x.community_id = @community and x.project_id = @project"),
        ("pledge", "select to_jsonb(x)::text as line from pledge x join pledge_board b using (community_id, board_id) where b.community_id = @community and b.project_id = @project"),
        ("checkpoint", "select to_jsonb(x)::text as line from checkpoint x where x.community_id = @community and x.project_id = @project"),
        ("payment", "select to_jsonb(x)::text as line from payment x where x.community_id = @community and x.project_id = @project"),
        ("covenant_version", "select to_jsonb(x)::text as line from covenant_version x join covenant c using (community_id, covenant_id) where c.community_id = @community and c.project_id = @project"),
        ("evaluation", "select to_jsonb(x)::text as line from evaluation x where x.community_id = @community and x.project_id = @project"),
        ("outcome", "select to_jsonb(x)::text as line from outcome x where x.community_id = @community and x.project_id = @project"),
        ("committee", "select to_jsonb(x)::text as line from committee x where x.community_id = @community and x.project_id = @project"),
    ];

    public int RecordCount => Tables.Sum(table => table.Rows);

    public byte[] Sha256 => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Tables.Select(table => $"{table.Table} {table.Rows} {table.Sha256}"))));

    public JsonArray ToJson() => [.. Tables.Select(table => (JsonNode)new JsonObject { ["table"] = table.Table, ["rows"] = table.Rows, ["sha256"] = table.Sha256 })];

    public static async Task<ArchiveManifest> ReadAsync(NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken)
    {
        // The text of an instant depends on the session's time zone; the fingerprint must not.
        await connection.RunAsync("set time zone 'UTC'", new { }, cancellationToken);
        List<ArchivedTable> tables = [];
        foreach (var (table, rows) in Parts)
        {
            tables.Add((await connection.RowAsync<ArchivedTable>(
                $"""
                select '{table}' as table, count(*)::int as rows, encode(sha256(convert_to(coalesce(string_agg(line, E'\n' order by line collate "C"), ''), 'UTF8')), 'hex') as sha256
                from ({rows}) lines
                """,
                new { community, project },
                cancellationToken))!);
        }

        return new ArchiveManifest(tables);
    }
}
