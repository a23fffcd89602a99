using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>A line on a project's timeline, put into words in the reader's language.</summary>
/// <param name="Kind">Stage, Ballot, Notice, Meeting, Visit, Task, Pledge, Checkpoint, Covenant, Evaluation, Outcome, Message, Change.</param>
/// <param name="IsAutomatic">True when a rule or timer did it; the words then say the rule.</param>
/// <param name="ActorId">Member of staff; null when automatic or a resident.</param>
public sealed record TimelineEntry(
    CommunityId Community,
    ProjectId Project,
    DateTimeOffset At,
    string Kind,
    string TextKey,
    JsonObject Values,
    bool IsAutomatic,
    Guid? ActorId = null,
    string? Link = null);

/// <summary>Writes timeline lines in the caller's transaction.</summary>
public static class ProjectTimeline
{
    public static Task AddTimelineAsync(this NpgsqlConnection connection, TimelineEntry entry, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into project_event (community_id, project_id, event_id, at, kind, text_key, values, is_automatic, actor_id, link)
            values (@community, @project, @id, @at, @kind, @textKey, @values::jsonb, @isAutomatic, @actorId, @link)
            """,
            new
            {
                community = entry.Community.Value,
                project = entry.Project.Value,
                id = Guid.CreateVersion7(),
                entry.At,
                entry.Kind,
                entry.TextKey,
                values = entry.Values.ToJsonString(),
                entry.IsAutomatic,
                entry.ActorId,
                entry.Link,
            },
            cancellationToken: cancellationToken));
}
