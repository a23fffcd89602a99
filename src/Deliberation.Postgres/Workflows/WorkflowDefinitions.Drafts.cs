using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <content>What editors do before a version is published.</content>
public sealed partial class WorkflowDefinitions
{
    /// <summary>The members of the JSON that belong to the row, not to the content.</summary>
    private static readonly string[] RowMembers = ["id", "version", "isPublished", "isLatest"];

    /// <summary>Keeps a definition as the draft of its next version, however wrong it is, as long as it reads at all.</summary>
    /// <param name="json">Elsa 3 JSON; without a <c>definitionId</c> it becomes a new definition.</param>
    /// <param name="expectedHash">Of the latest version, which the editor began with; null for a new definition.</param>
    /// <returns>The draft; or <see cref="DefinitionRefusals.Changed"/>.</returns>
    public async Task<Result<DefinitionOutcome>> SaveDraftAsync(
        NpgsqlConnection connection, string json, string? expectedHash, Guid? by, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        var read = await ReadAsync(connection, json, cancellationToken);
        if (read.Definition is not { } definition)
        {
            return new DefinitionOutcome(null, true, read.Messages, []);
        }

        var definitionId = definition.DefinitionId.Length > 0 ? definition.DefinitionId : Guid.CreateVersion7().ToString("N");
        var latest = await FindLatestAsync(connection, definitionId, cancellationToken);
        if (latest?.Version.Hash != expectedHash)
        {
            return DefinitionRefusals.Changed;
        }

        var draft = new DraftContent(definitionId, definition.Name is { Length: > 0 } name ? name : definitionId, ContentOf(definition.Source, definitionId), HashOf(json), read.Uses);
        if (latest is not null && latest.Content.Content == draft.Content)
        {
            return new DefinitionOutcome(latest.Version, true, read.Messages, []);
        }

        var version = latest is { Version.State: DefinitionState.Draft }
            ? await ReplaceDraftAsync(connection, latest.Version, draft, cancellationToken)
            : await AddDraftAsync(connection, draft, by, cancellationToken);
        return new DefinitionOutcome(version, false, read.Messages, []);
    }

    /// <summary>Makes a new draft of an older version. Other drafts stay among the versions.</summary>
    /// <returns>The draft; or <see cref="DefinitionRefusals.Unknown"/>.</returns>
    public async Task<Result<DefinitionOutcome>> RevertAsync(
        NpgsqlConnection connection, string definitionId, int version, Guid? by, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        if (await FindAsync(connection, "definition_id = @definitionId and version = @version", new { definitionId, version }, cancellationToken) is not { } old)
        {
            return DefinitionRefusals.Unknown;
        }

        var content = old.Content.Content;
        var read = await ReadAsync(connection, content, cancellationToken);
        var draft = new DraftContent(definitionId, old.Version.Name, content, HashOf(content), read.Uses);
        return new DefinitionOutcome(await AddDraftAsync(connection, draft, by, cancellationToken), false, read.Messages, []);
    }

    /// <returns>Done; or <see cref="DefinitionRefusals.Unknown"/>, <see cref="DefinitionRefusals.Changed"/>, <see cref="DefinitionRefusals.Published"/>.</returns>
    public static async Task<Result<Done>> DeleteDraftAsync(
        NpgsqlConnection connection, string definitionVersionId, string expectedHash, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        var found = await FindAsync(connection, "definition_version_id = @definitionVersionId", new { definitionVersionId }, cancellationToken);
        if (found is not { Version: var version })
        {
            return DefinitionRefusals.Unknown;
        }

        if (version.State != DefinitionState.Draft)
        {
            return DefinitionRefusals.Published;
        }

        if (version.Hash != expectedHash)
        {
            return DefinitionRefusals.Changed;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from workflow_definition where definition_version_id = @DefinitionVersionId;
            update workflow_definition set is_latest = true
            where definition_id = @DefinitionId and version = (select max(version) from workflow_definition where definition_id = @DefinitionId) and not is_latest
            """,
            version,
            cancellationToken: cancellationToken));
        return Done.Value;
    }

    private static Task<StoredDefinition?> FindLatestAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken) =>
        FindAsync(connection, "definition_id = @definitionId and is_latest", new { definitionId }, cancellationToken);

    private static async Task<DefinitionVersion> AddDraftAsync(NpgsqlConnection connection, DraftContent draft, Guid? by, CancellationToken cancellationToken)
    {
        var version = await connection.QuerySingleAsync<DefinitionVersion>(new CommandDefinition(
            $"""
            update workflow_definition set is_latest = false where definition_id = @DefinitionId and is_latest;
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest, created_by)
            select @DefinitionId || '-v' || next.version, @DefinitionId, next.version, @Name, @Content::json, @Sha256, false, true, @by
            from (select coalesce(max(version), 0) + 1 as version from workflow_definition where definition_id = @DefinitionId) as next
            returning {Columns}
            """,
            new { draft.DefinitionId, draft.Name, draft.Content, draft.Sha256, by },
            cancellationToken: cancellationToken));
        await WriteUsesAsync(connection, version, draft.Uses, cancellationToken);
        return version;
    }

    private static async Task<DefinitionVersion> ReplaceDraftAsync(
        NpgsqlConnection connection, DefinitionVersion version, DraftContent draft, CancellationToken cancellationToken)
    {
        var replaced = await connection.QuerySingleAsync<DefinitionVersion>(new CommandDefinition(
            $"""
            update workflow_definition set name = @Name, content = @Content::json, sha256 = @Sha256
            where definition_version_id = @DefinitionVersionId
            returning {Columns}
            """,
            new { version.DefinitionVersionId, draft.Name, draft.Content, draft.Sha256 },
            cancellationToken: cancellationToken));
        await WriteUsesAsync(connection, version, draft.Uses, cancellationToken);
        return replaced;
    }

    private static string ContentOf(JsonObject source, string definitionId)
    {
        var content = (JsonObject)source.DeepClone();
        foreach (var member in RowMembers)
        {
            content.Remove(member);
        }

        content["definitionId"] = definitionId;
        return DefinitionJson.Write(content);
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private sealed record DraftContent(string DefinitionId, string Name, string Content, byte[] Sha256, IReadOnlyList<string> Uses);
}
