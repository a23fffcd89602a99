using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>One line of the audit trail. Never holds a choice, a name or a telephone number.</summary>
/// <param name="Community">0 when the act is in no community.</param>
/// <param name="ActorKind">Resident, Staff, System or Anonymous.</param>
/// <param name="ActorId">Null for residents in secret ballots, the system and strangers.</param>
/// <param name="Action">Name of the use case.</param>
/// <param name="Subject">Type and id, for example <c>ballot:0198…</c>.</param>
public sealed record AuditEntry(
    CommunityId Community,
    string ActorKind,
    Guid? ActorId,
    string Action,
    string Subject,
    DateTimeOffset CouncilAt,
    string? Reason = null,
    JsonObject? Details = null,
    Guid? OnBehalfOf = null);

/// <summary>Writes audit lines in the caller's transaction.</summary>
public static class Audit
{
    public static Task AddAuditAsync(this NpgsqlConnection connection, AuditEntry entry, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into audit_entry (community_id, entry_id, council_at, actor_kind, actor_id, on_behalf_of, action, subject, reason, details)
            values (@community, @id, @councilAt, @actorKind, @actorId, @onBehalfOf, @action, @subject, @reason, @details::jsonb)
            """,
            new
            {
                community = entry.Community.Value,
                id = Guid.CreateVersion7(),
                councilAt = entry.CouncilAt,
                actorKind = entry.ActorKind,
                actorId = entry.ActorId,
                onBehalfOf = entry.OnBehalfOf,
                action = entry.Action,
                subject = entry.Subject,
                reason = entry.Reason,
                details = (entry.Details ?? []).ToJsonString(),
            },
            cancellationToken: cancellationToken));
}
