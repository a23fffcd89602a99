using Dapper;
using Deliberation.Domain;
using Deliberation.Workflows.Definitions;
using Npgsql;

namespace Deliberation.Postgres.Workflows;

/// <content>Workflows that are used as activities, and those that use them.</content>
public sealed partial class WorkflowDefinitions
{
    private const string IsUsable = "coalesce(content -> 'options' ->> 'usableAsActivity', content ->> 'usableAsActivity') = 'true'";

    /// <summary>Every definition that uses this one as an activity in its latest or published version, directly or through others. Each comes before those that use it.</summary>
    /// <returns>Ids of definitions; or <see cref="DefinitionRefusals.Unknown"/>.</returns>
    public static async Task<Result<string[]>> ConsumersAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        if (await FindLatestAsync(connection, definitionId, cancellationToken) is null)
        {
            return DefinitionRefusals.Unknown;
        }

        var consumers = await connection.QueryAsync<string>(new CommandDefinition(
            """
            with recursive uses as (
                select u.used_definition_id, d.definition_id
                from workflow_definition_use u join workflow_definition d using (definition_version_id)
                where d.is_latest or d.is_published
            ), consumer as (
                select definition_id, 1 as distance from uses where used_definition_id = @definitionId
                union
                select uses.definition_id, distance + 1 from consumer join uses on uses.used_definition_id = consumer.definition_id where distance < 60
            )
            select definition_id from consumer where definition_id <> @definitionId group by definition_id order by max(distance), definition_id
            """,
            new { definitionId },
            cancellationToken: cancellationToken));
        return consumers.ToArray();
    }

    /// <summary>Lets every consumer use the published version, whatever the definition's own option says.</summary>
    /// <returns>The consumers that changed; or <see cref="DefinitionRefusals.Unknown"/> when no version is published.</returns>
    public async Task<Result<DefinitionVersion[]>> UpdateConsumersAsync(
        NpgsqlConnection connection, string definitionId, Guid? by, CancellationToken cancellationToken)
    {
        await LockAsync(connection, cancellationToken);
        return await FindAsync(connection, "definition_id = @definitionId and is_published", new { definitionId }, cancellationToken) is { } published
            ? (await PinConsumersAsync(connection, published.Version, by, cancellationToken)).ToArray()
            : DefinitionRefusals.Unknown;
    }

    /// <summary>A consumer's draft is changed and stays a draft; a published consumer gets a next version, published, which its own consumers get in turn.</summary>
    private async Task<IReadOnlyList<DefinitionVersion>> PinConsumersAsync(
        NpgsqlConnection connection, DefinitionVersion published, Guid? by, CancellationToken cancellationToken)
    {
        var changed = new List<DefinitionVersion>();
        var current = new Dictionary<string, WorkflowDefinition> { [published.DefinitionId] = await GetVersionAsync(connection, published.DefinitionVersionId, cancellationToken) };
        foreach (var consumer in (await ConsumersAsync(connection, published.DefinitionId, cancellationToken)).Require())
        {
            var latest = await FindLatestAsync(connection, consumer, cancellationToken);
            if (latest is null or { Version.State: DefinitionState.Retracted })
            {
                continue;
            }

            var read = await ReadAsync(connection, latest.Content.Content, cancellationToken);
            if (!read.PinTo(current))
            {
                continue;
            }

            var content = ContentOf(read.Definition!.Source, consumer);
            var draft = new DraftContent(consumer, latest.Version.Name, content, HashOf(content), read.Uses);
            if (latest.Version.State == DefinitionState.Draft)
            {
                changed.Add(await ReplaceDraftAsync(connection, latest.Version, draft, cancellationToken));
                continue;
            }

            var next = await AddDraftAsync(connection, draft, by, cancellationToken);
            read = await ReadAsync(connection, content, cancellationToken); // with the new versions inside, which may be wrong for it: then it stays a draft
            if (await PublishAloneAsync(connection, next, read, cancellationToken) is { } again)
            {
                next = again;
                current[consumer] = await GetVersionAsync(connection, next.DefinitionVersionId, cancellationToken);
            }

            changed.Add(next);
        }

        return changed;
    }

    /// <summary>Reads and lints a definition with the workflows that it may use as they are now.</summary>
    private async Task<DefinitionReading> ReadAsync(NpgsqlConnection connection, string json, CancellationToken cancellationToken)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(json, registry);
        if (definition is null || EmbeddedWorkflows.Of(definition.Source, registry) is not { Count: > 0 } embedded)
        {
            return new DefinitionReading(definition, Judge(definition, messages), [], null);
        }

        var resolver = WorkflowResolvers.Among(await PinnedAsync(connection, embedded, orPublished: true, cancellationToken));
        (definition, messages) = WorkflowDefinitionReader.Read(json, registry, resolver);
        return new DefinitionReading(definition, Judge(definition, messages), EmbeddedWorkflows.Of(definition!.Source, registry), resolver);
    }

    private IReadOnlyList<LintMessage> Judge(WorkflowDefinition? definition, IReadOnlyList<LintMessage> messages) =>
        definition is null ? messages : [.. messages, .. _rules.SelectMany(rule => rule.Check(definition))];

    /// <summary>The versions that activities name; with <paramref name="orPublished"/> also those that others may fall back to.</summary>
    private async Task<IReadOnlyList<WorkflowDefinition>> PinnedAsync(
        NpgsqlConnection connection, IReadOnlyList<EmbeddedWorkflow> embedded, bool orPublished, CancellationToken cancellationToken)
    {
        if (embedded.Count == 0)
        {
            return [];
        }

        var ids = await connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select definition_version_id from workflow_definition
            where published_at is not null and {IsUsable} and (definition_version_id = any(@named) or @orPublished and is_published)
            """,
            new { named = embedded.Select(activity => activity.Reference.VersionId).OfType<string>().ToArray(), orPublished },
            cancellationToken: cancellationToken));
        return await GetVersionsAsync(connection, ids.AsList(), cancellationToken);
    }

    private static Task<int> WriteUsesAsync(NpgsqlConnection connection, DefinitionVersion version, IReadOnlyList<string> uses, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            delete from workflow_definition_use where definition_version_id = @DefinitionVersionId and used_definition_id <> all(@uses);
            insert into workflow_definition_use (definition_version_id, used_definition_id)
            select @DefinitionVersionId, unnest(@uses) on conflict do nothing
            """,
            new { version.DefinitionVersionId, uses = uses.ToArray() },
            cancellationToken: cancellationToken));

    /// <summary>A definition as read, with the workflows that its activities stand for.</summary>
    private sealed record DefinitionReading(
        WorkflowDefinition? Definition, IReadOnlyList<LintMessage> Messages, IReadOnlyList<EmbeddedWorkflow> Embedded, WorkflowResolver? Resolver)
    {
        public IEnumerable<LintMessage> Errors => Messages.Where(message => message.Severity == LintSeverity.Error);

        public bool IsSound => Definition is not null && !Errors.Any();

        /// <summary>Ids of definitions, those that are not there yet included.</summary>
        public IReadOnlyList<string> Uses =>
            [.. Embedded.Select(activity => Resolver!(activity.Reference)?.DefinitionId ?? activity.Reference.DefinitionId).OfType<string>().Distinct()];

        /// <summary>The content to publish: whatever an activity fell back to, it names from now on.</summary>
        public string PinnedContent(string definitionId)
        {
            foreach (var activity in Embedded)
            {
                if (Resolver!(activity.Reference) is { } used && used.Id != activity.Reference.VersionId)
                {
                    activity.Pin(used);
                }
            }

            return ContentOf(Definition!.Source, definitionId);
        }

        /// <returns>False when every activity names these versions already.</returns>
        public bool PinTo(Dictionary<string, WorkflowDefinition> versions)
        {
            var isChanged = false;
            foreach (var activity in Embedded)
            {
                if (Resolver!(activity.Reference) is { } used && versions.TryGetValue(used.DefinitionId, out var version) && version.Id != activity.Reference.VersionId)
                {
                    activity.Pin(version);
                    isChanged = true;
                }
            }

            return isChanged;
        }
    }
}
