using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Postgres.Outbox;

/// <summary>A message written with a decision and delivered after it commits.</summary>
public sealed record OutboxMessage
{
    public required CommunityId Community { get; init; }

    /// <summary>The same key is never written twice in a community: repeating the deed repeats no message.</summary>
    public required string DedupKey { get; init; }

    /// <summary>InApp, Sms, WeChat, Email, Print or Loudspeaker.</summary>
    public string Channel { get; init; } = "InApp";

    public ResidentId? Resident { get; init; }

    public StaffId? Staff { get; init; }

    public ProjectId? Project { get; init; }

    /// <summary>Text of the message; put into words in the reader's language.</summary>
    public required string TextKey { get; init; }

    public JsonObject Values { get; init; } = [];

    /// <summary>Text that says why this person gets it.</summary>
    public required string ReasonKey { get; init; }

    /// <summary>Page to open, application-relative; null when none.</summary>
    public string? Link { get; init; }

    public required DateTimeOffset CouncilAt { get; init; }

    /// <summary>Council time before which it is not sent (quiet hours); null = at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>Writes messages in the caller's transaction.</summary>
public static class OutboxWriter
{
    /// <returns>False when the same message was there already.</returns>
    public static async Task<bool> AddMessageAsync(this NpgsqlConnection connection, OutboxMessage message, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, staff_id, project_id, text_key, values, reason_key, link, council_at, not_before)
            values (@community, @id, @dedupKey, @channel, @resident, @staff, @project, @textKey, @values::jsonb, @reasonKey, @link, @councilAt, @notBefore)
            on conflict (community_id, dedup_key) do nothing
            """,
            new
            {
                community = message.Community.Value,
                id = Guid.CreateVersion7(),
                dedupKey = message.DedupKey,
                channel = message.Channel,
                resident = message.Resident?.Value,
                staff = message.Staff?.Value,
                project = message.Project?.Value,
                textKey = message.TextKey,
                values = message.Values.ToJsonString(),
                reasonKey = message.ReasonKey,
                link = message.Link,
                councilAt = message.CouncilAt,
                notBefore = message.NotBefore,
            },
            cancellationToken: cancellationToken)) == 1;
}
