using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Definitions;

/// <summary>An Elsa 3 workflow definition. Keeps its source whole, so that what we do not know is not lost.</summary>
public sealed class WorkflowDefinition
{
    /// <summary>Version id: one for each version. Elsa's <c>id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Logical id, shared by all versions.</summary>
    public required string DefinitionId { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    /// <summary>The JSON as read, untouched.</summary>
    public required JsonObject Source { get; init; }
}
