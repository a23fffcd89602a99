using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Npgsql;

namespace Deliberation.Features.Covenants;

/// <summary>A covenant as stored, locked.</summary>
internal sealed record CovenantRow(
    Guid CovenantId, ProjectId ProjectId, Guid InstanceId, string VisitId, string Title, DateTimeOffset CommentsUntil, string State, int? AdoptedVersion)
{
    public string Link => $"/covenants/{CovenantId}";
}

/// <summary>How a draft ends: adopted as an unchangeable version, or withdrawn.</summary>
internal static class Adoption
{
    private const string Columns = "covenant_id, project_id, instance_id, visit_id, title, comments_until, state, adopted_version";

    public static Refusal NotDraft { get; } = Refusal.Conflict("covenant.not-draft");

    public static Task<CovenantRow?> LockCovenantAsync(this NpgsqlConnection connection, CommunityId community, Guid covenant, CancellationToken cancellationToken) =>
        connection.RowAsync<CovenantRow>(
            $"select {Columns} from covenant where community_id = @community and covenant_id = @covenant for update",
            new { community, covenant },
            cancellationToken);

    public static Task<CovenantRow?> LockCovenantOfVisitAsync(
        this NpgsqlConnection connection, CommunityId community, Guid instanceId, string visitId, CancellationToken cancellationToken) =>
        connection.RowAsync<CovenantRow>(
            $"select {Columns} from covenant where community_id = @community and instance_id = @instanceId and visit_id = @visitId for update",
            new { community, instanceId, visitId },
            cancellationToken);

    /// <returns>The version; or <c>covenant.not-draft</c>, <c>covenant.comments-open</c>, <c>covenant.empty</c>.</returns>
    public static async Task<Result<int>> AdoptAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, CovenantRow covenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (covenant.State != "Draft")
        {
            return NotDraft;
        }

        if (now < covenant.CommentsUntil)
        {
            return Refusal.Conflict("covenant.comments-open", ("until", covenant.CommentsUntil));
        }

        var clauses = await connection.RowsAsync<Clause>(
            """
            select clause_no as no, text from covenant_clause
            where community_id = @community and covenant_id = @covenantId and not is_removed order by clause_no
            """,
            new { community, covenant.CovenantId },
            cancellationToken);
        if (clauses.Count == 0)
        {
            return Refusal.Conflict("covenant.empty");
        }

        const int version = 1; // a revision is a new covenant process
        JsonArray content = [.. clauses.Select(clause => (JsonNode)new JsonObject { ["no"] = clause.No, ["text"] = clause.Text })];
        await connection.RunAsync(
            """
            insert into covenant_version (community_id, covenant_id, version, clauses, sha256, adopted_at, adopted_by)
            select @community, @covenantId, @version, @content, sha256(convert_to(@content::jsonb::text, 'UTF8')), @now, @staff::uuid
            """,
            new { community, covenant.CovenantId, version, content, now, staff = caller.Staff?.Value },
            cancellationToken);
        await connection.RunAsync(
            "update covenant set state = 'Adopted', adopted_version = @version, ended_at = @now where community_id = @community and covenant_id = @covenantId",
            new { version, now, community, covenant.CovenantId },
            cancellationToken);
        JsonObject values = new() { ["title"] = covenant.Title, ["version"] = version, ["clauses"] = clauses.Count };
        await connection.TimelineAsync(caller, community, covenant.ProjectId, now, "Covenant", "covenant.timeline.adopted", values, covenant.Link, cancellationToken);
        await connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = community,
                Project = covenant.ProjectId,
                DedupKey = $"covenant:{covenant.CovenantId}:sign:{version}",
                TextKey = "covenant.message.sign",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = covenant.Link,
                Now = now,
            },
            cancellationToken);
        await connection.AuditAsync(caller, community, nameof(AdoptCovenant), $"covenant:{covenant.CovenantId}", now, cancellationToken, details: new JsonObject { ["version"] = version });
        return version;
    }

    public static async Task WithdrawCovenantAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, CovenantRow covenant, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            """
            update covenant set state = 'Withdrawn', ended_at = @now, ended_reason = @reason
            where community_id = @community and covenant_id = @covenantId and state = 'Draft'
            """,
            new { now, reason, community, covenant.CovenantId },
            cancellationToken);
        await connection.TimelineAsync(
            caller, community, covenant.ProjectId, now, "Covenant", "covenant.timeline.withdrawn",
            new JsonObject { ["title"] = covenant.Title, ["reason"] = reason }, covenant.Link, cancellationToken);
        await connection.AuditAsync(caller, community, nameof(WithdrawCovenant), $"covenant:{covenant.CovenantId}", now, cancellationToken, reason);
    }

    private sealed record Clause(int No, string Text);
}
