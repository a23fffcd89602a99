using Deliberation.Workflows.Definitions;

namespace Deliberation.Postgres.Workflows;

/// <summary>What may become of a version: a draft is published once; a published one is retracted, by hand or by its successor.</summary>
public enum DefinitionState
{
    /// <summary>Never published: may change, and be deleted.</summary>
    Draft,

    /// <summary>What new instances run. At most one version of a definition.</summary>
    Published,

    /// <summary>Was published; its instances run on.</summary>
    Retracted,
}

/// <summary>One version of a workflow definition, without its content.</summary>
/// <param name="Name">As the content has it, at most for people.</param>
/// <param name="IsLatest">The version that an editor opens.</param>
/// <param name="Hash">SHA-256 of the content in lower-case hex: what an editor must name to replace it.</param>
/// <param name="PublishedAt">Machine time of the first time; null for a draft.</param>
public sealed record DefinitionVersion(
    string DefinitionVersionId,
    string DefinitionId,
    int Version,
    string Name,
    DefinitionState State,
    bool IsLatest,
    string Hash,
    DateTimeOffset CreatedAt,
    Guid? CreatedBy,
    DateTimeOffset? PublishedAt);

/// <summary>Some versions of a definition, newest first.</summary>
/// <param name="Total">How many there are in all.</param>
public sealed record DefinitionVersionPage(IReadOnlyList<DefinitionVersion> Versions, int Total);

/// <summary>What saving or publishing came to.</summary>
/// <param name="Version">Null when the messages stand against it; nothing was stored then.</param>
/// <param name="IsUnchanged">It was so before.</param>
/// <param name="Messages">What the linter says, by JSON path.</param>
/// <param name="Consumers">Versions of other definitions that name this one now; those that were published before are published again, unless the linter has an error.</param>
public sealed record DefinitionOutcome(
    DefinitionVersion? Version, bool IsUnchanged, IReadOnlyList<LintMessage> Messages, IReadOnlyList<DefinitionVersion> Consumers);
