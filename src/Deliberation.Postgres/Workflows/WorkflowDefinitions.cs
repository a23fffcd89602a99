using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <summary>Definitions in the database, parsed once: a version never changes after it is stored.</summary>
public sealed class WorkflowDefinitions(ActivityRegistry registry)
{
    private readonly ConcurrentDictionary<string, WorkflowDefinition> _parsed = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">There is no such version, or it no longer reads.</exception>
    public async Task<WorkflowDefinition> GetVersionAsync(NpgsqlConnection connection, string definitionVersionId, CancellationToken cancellationToken)
    {
        if (_parsed.TryGetValue(definitionVersionId, out var known))
        {
            return known;
        }

        var content = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select content::text from workflow_definition where definition_version_id = @definitionVersionId",
            new { definitionVersionId },
            cancellationToken: cancellationToken))
            ?? throw new InvalidOperationException($"There is no workflow definition version {definitionVersionId}.");
        return _parsed.GetOrAdd(definitionVersionId, Parse(content, definitionVersionId));
    }

    /// <exception cref="InvalidOperationException">No version is published.</exception>
    public async Task<WorkflowDefinition> GetPublishedAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        var version = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select definition_version_id from workflow_definition where definition_id = @definitionId and is_published",
            new { definitionId },
            cancellationToken: cancellationToken))
            ?? throw new InvalidOperationException($"No version of workflow {definitionId} is published.");
        return await GetVersionAsync(connection, version, cancellationToken);
    }

    /// <summary>Stores and publishes a definition as its next version, unless the published one has the same content. Idempotent.</summary>
    /// <param name="json">Elsa 3 JSON; its own <c>id</c> and <c>version</c> are replaced by ours.</param>
    /// <returns>The id of the published version.</returns>
    public static async Task<string> PublishAsync(NpgsqlConnection connection, string definitionId, string name, string json, Guid? by, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(json));
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended('workflow-definition:' || @definitionId, 0))",
            new { definitionId },
            cancellationToken: cancellationToken));
        var same = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "select definition_version_id from workflow_definition where definition_id = @definitionId and is_published and sha256 = @hash",
            new { definitionId, hash },
            cancellationToken: cancellationToken));
        if (same is not null)
        {
            return same;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "update workflow_definition set is_published = false, is_latest = false where definition_id = @definitionId and (is_published or is_latest)",
            new { definitionId },
            cancellationToken: cancellationToken));
        return await connection.QuerySingleAsync<string>(new CommandDefinition(
            """
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest, created_by)
            select @definitionId || '-v' || version, @definitionId, version, @name,
                   @json::jsonb || jsonb_build_object('id', @definitionId || '-v' || version, 'version', version, 'isPublished', true, 'isLatest', true),
                   @hash, true, true, @by
            from (select coalesce(max(version), 0) + 1 as version from workflow_definition where definition_id = @definitionId) as next
            returning definition_version_id
            """,
            new { definitionId, name, json, hash, by },
            cancellationToken: cancellationToken));
    }

    private WorkflowDefinition Parse(string json, string definitionVersionId)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(json, registry);
        return definition ?? throw new InvalidOperationException(
            $"Workflow definition version {definitionVersionId} does not read: {string.Join("; ", messages.Select(m => m.Message))}");
    }
}
