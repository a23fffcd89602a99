using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <summary>Definitions in the database. Every call is part of the caller's transaction; versions that cannot change any more are parsed once.</summary>
/// <param name="rules">What a definition must keep besides the format, or it is not published; null = nothing.</param>
public sealed partial class WorkflowDefinitions(ActivityRegistry registry, IEnumerable<IDefinitionRule>? rules = null)
{
    private const string Columns =
        """
        definition_version_id, definition_id, version, name, state, is_latest, encode(content_sha256, 'hex') as hash, created_at, created_by, published_at
        """;

    private readonly IReadOnlyList<IDefinitionRule> _rules = [.. rules ?? []];

    private readonly ConcurrentDictionary<string, WorkflowDefinition> _parsed = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">There is no such version, or somebody changed it behind the store's back.</exception>
    public async Task<WorkflowDefinition> GetVersionAsync(NpgsqlConnection connection, string definitionVersionId, CancellationToken cancellationToken)
    {
        if (_parsed.TryGetValue(definitionVersionId, out var known))
        {
            return known;
        }

        var stored = await FindAsync(connection, "definition_version_id = @definitionVersionId", new { definitionVersionId }, cancellationToken)
            ?? throw new InvalidOperationException($"There is no workflow definition version {definitionVersionId}.");
        var source = stored.ToJson();
        var definition = new WorkflowDefinition
        {
            Id = definitionVersionId,
            DefinitionId = stored.Version.DefinitionId,
            Name = stored.Version.Name,
            Version = stored.Version.Version,
            Source = source,
            Resolver = WorkflowResolvers.Among(await PinnedAsync(connection, EmbeddedWorkflows.Of(source, registry), orPublished: false, cancellationToken)),
        };
        return stored.Content.IsFinal ? _parsed.GetOrAdd(definitionVersionId, definition) : definition;
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

    /// <summary>The published version of every definition.</summary>
    public async Task<IReadOnlyList<WorkflowDefinition>> GetAllPublishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var versions = await connection.QueryAsync<string>(new CommandDefinition(
            "select definition_version_id from workflow_definition where is_published order by definition_id", cancellationToken: cancellationToken));
        return await GetVersionsAsync(connection, versions, cancellationToken);
    }

    /// <summary>Versions of a definition, newest first.</summary>
    public static async Task<DefinitionVersionPage> ListVersionsAsync(
        NpgsqlConnection connection, string definitionId, int skip, int take, CancellationToken cancellationToken)
    {
        await using var both = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            select {Columns} from workflow_definition where definition_id = @definitionId order by version desc offset @skip limit @take;
            select count(*)::int from workflow_definition where definition_id = @definitionId
            """,
            new { definitionId, skip, take },
            cancellationToken: cancellationToken));
        return new DefinitionVersionPage((await both.ReadAsync<DefinitionVersion>()).AsList(), await both.ReadSingleAsync<int>());
    }

    /// <returns>The version as Elsa 3 JSON; null when there is none.</returns>
    public static async Task<string?> ExportAsync(NpgsqlConnection connection, string definitionVersionId, CancellationToken cancellationToken) =>
        await FindAsync(connection, "definition_version_id = @definitionVersionId", new { definitionVersionId }, cancellationToken) is { } stored
            ? DefinitionJson.Write(stored.ToJson())
            : null;

    /// <summary>Makes all changes of definitions one after the other: they are rare, and one may touch many. Held until the transaction ends.</summary>
    public static Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
        "select pg_advisory_xact_lock(hashtextextended('workflow-definition', 0))", cancellationToken: cancellationToken));

    private async Task<IReadOnlyList<WorkflowDefinition>> GetVersionsAsync(NpgsqlConnection connection, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var versions = new List<WorkflowDefinition>();
        foreach (var id in ids)
        {
            versions.Add(await GetVersionAsync(connection, id, cancellationToken));
        }

        return versions;
    }

    /// <param name="where">Finds at most one version.</param>
    /// <exception cref="InvalidOperationException">Somebody changed the version behind the store's back.</exception>
    private static async Task<StoredDefinition?> FindAsync(NpgsqlConnection connection, string where, object values, CancellationToken cancellationToken)
    {
        // What this transaction itself wrote may still be rolled back, and its id given to other content: not final.
        var found = await connection.QueryAsync<DefinitionVersion, StoredContent, StoredDefinition>(
            new CommandDefinition(
                $"""
                select {Columns}, content::text as content, content_sha256 = sha256(convert_to(content::text, 'UTF8')) as is_intact,
                    published_at is not null and xmin is distinct from pg_current_xact_id_if_assigned()::xid as is_final
                from workflow_definition where {where}
                """,
                values,
                cancellationToken: cancellationToken),
            (version, content) => new StoredDefinition(version, content),
            splitOn: "content");
        var stored = found.SingleOrDefault();
        return stored is null or { Content.IsIntact: true }
            ? stored
            : throw new InvalidOperationException(
                $"Workflow definition version {stored.Version.DefinitionVersionId} is refused: its content was changed in the database and no longer has the hash {stored.Version.Hash}.");
    }

    private sealed record StoredContent(string Content, bool IsIntact, bool IsFinal);

    private sealed record StoredDefinition(DefinitionVersion Version, StoredContent Content)
    {
        /// <summary>The content with the row's own members set.</summary>
        public JsonObject ToJson()
        {
            var source = DefinitionJson.Parse(Content.Content);
            source["id"] = Version.DefinitionVersionId;
            source["version"] = Version.Version;
            source["isPublished"] = Version.State == DefinitionState.Published;
            source["isLatest"] = Version.IsLatest;
            return source;
        }
    }
}
