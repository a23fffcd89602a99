using Dapper;
using Deliberation.Domain;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <content>What makes a version the one that new instances run.</content>
public sealed partial class WorkflowDefinitions
{
    /// <summary>Publishes the latest version, unless the linter has an error for it. Workflows that it uses as activities are pinned: see Execution/README.md.</summary>
    /// <param name="expectedHash">Of the version that is meant; null = whatever is the latest.</param>
    /// <returns>The published version, or none and the errors; or <see cref="DefinitionRefusals.Unknown"/>, <see cref="DefinitionRefusals.Changed"/>.</returns>
    public async Task<Result<DefinitionOutcome>> PublishLatestAsync(
        NpgsqlConnection connection, string definitionId, string? expectedHash, Guid? by, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        if (await FindLatestAsync(connection, definitionId, cancellationToken) is not { } latest)
        {
            return DefinitionRefusals.Unknown;
        }

        if (expectedHash is not null && latest.Version.Hash != expectedHash)
        {
            return DefinitionRefusals.Changed;
        }

        if (latest.Version.State == DefinitionState.Published)
        {
            return new DefinitionOutcome(latest.Version, true, [], []);
        }

        var read = await ReadAsync(connection, latest.Content.Content, cancellationToken);
        return await PublishAsync(connection, latest.Version, read, by, cancellationToken);
    }

    /// <summary>Stores and publishes a definition as its next version, unless the published one has the same content. Idempotent. For definitions that come with the program.</summary>
    /// <param name="json">Elsa 3 JSON; its own <c>id</c> and <c>version</c> are replaced by ours.</param>
    /// <returns>The published version.</returns>
    /// <exception cref="InvalidDataException">The linter has an error for it.</exception>
    public async Task<DefinitionVersion> PublishAsync(
        NpgsqlConnection connection, string definitionId, string name, string json, Guid? by, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        var read = await ReadAsync(connection, json, cancellationToken);
        if (!read.IsSound)
        {
            throw new InvalidDataException(
                $"Workflow {definitionId} is not published: {string.Join("; ", read.Errors.Select(error => $"{error.JsonPath}: {error.Message}"))}");
        }

        var draft = new DraftContent(definitionId, name, read.PinnedContent(definitionId), HashOf(json), read.Uses);
        var published = await FindAsync(connection, "definition_id = @definitionId and is_published", new { definitionId }, cancellationToken);
        return published?.Content.Content == draft.Content
            ? published.Version
            : (await PublishAsync(connection, await AddDraftAsync(connection, draft, by, cancellationToken), read, by, cancellationToken)).Version!;
    }

    /// <summary>No new instance runs the definition any more; those there are run on.</summary>
    /// <returns>The version that was published; or <see cref="DefinitionRefusals.Unknown"/> when none was.</returns>
    public static async Task<Result<DefinitionVersion>> RetractAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<DefinitionVersion>(new CommandDefinition(
            $"update workflow_definition set is_published = false where definition_id = @definitionId and is_published returning {Columns}",
            new { definitionId },
            cancellationToken: cancellationToken)) is { } version
            ? version
            : DefinitionRefusals.Unknown;
    }

    private async Task<DefinitionOutcome> PublishAsync(
        NpgsqlConnection connection, DefinitionVersion version, DefinitionReading read, Guid? by, CancellationToken cancellationToken)
    {
        var published = await PublishAloneAsync(connection, version, read, cancellationToken);
        return published is null
            ? new DefinitionOutcome(null, true, read.Messages, [])
            : new DefinitionOutcome(
                published, false, read.Messages, read.Definition!.UpdatesConsumers ? await PinConsumersAsync(connection, published, by, cancellationToken) : []);
    }

    /// <returns>Null when the linter has an error for it.</returns>
    private static async Task<DefinitionVersion?> PublishAloneAsync(
        NpgsqlConnection connection, DefinitionVersion version, DefinitionReading read, CancellationToken cancellationToken)
    {
        if (!read.IsSound)
        {
            return null;
        }

        await WriteUsesAsync(connection, version, read.Uses, cancellationToken);
        return await connection.QuerySingleAsync<DefinitionVersion>(new CommandDefinition(
            $"""
            update workflow_definition set is_published = false where definition_id = @DefinitionId and is_published;
            update workflow_definition
            set is_published = true, content = case when published_at is null then @content::json else content end
            where definition_version_id = @DefinitionVersionId
            returning {Columns}
            """,
            new { version.DefinitionId, version.DefinitionVersionId, content = read.PinnedContent(version.DefinitionId) },
            cancellationToken: cancellationToken));
    }
}
