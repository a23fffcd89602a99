using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <summary>An event for a waiting workflow.</summary>
/// <param name="EventId">Repeating the same id is the same event.</param>
/// <param name="VisitId">The waiting visit; null = any bookmark of the instance with that name and key.</param>
/// <param name="Name">Name of the bookmark.</param>
public sealed record WorkflowEvent(
    CommunityId Community,
    Guid InstanceId,
    Guid EventId,
    string? VisitId,
    string Name,
    string? Key,
    JsonNode? Payload,
    DateTimeOffset At);

/// <summary>Writes events in the caller's transaction; the pump runs the step after it commits.</summary>
public static class WorkflowInbox
{
    public static Task AddWorkflowEventAsync(this NpgsqlConnection connection, WorkflowEvent message, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into workflow_inbox (community_id, instance_id, event_id, visit_id, name, key, payload, created_at)
            values (@community, @instanceId, @eventId, @visitId, @name, @key, @payload::jsonb, @at)
            on conflict do nothing
            """,
            new
            {
                community = message.Community.Value,
                message.InstanceId,
                message.EventId,
                message.VisitId,
                message.Name,
                message.Key,
                payload = message.Payload?.ToJsonString(),
                message.At,
            },
            cancellationToken: cancellationToken));
}
