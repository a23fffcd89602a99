using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Workflows.Definitions;

/// <summary>An Elsa 3 workflow definition. Keeps its source whole, so that what we do not know is not lost.</summary>
public sealed class WorkflowDefinition
{
    private CompiledWorkflow? compiled;

    /// <summary>Version id: one for each version. Elsa's <c>id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Logical id, shared by all versions.</summary>
    public required string DefinitionId { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    /// <summary>The JSON as read, untouched.</summary>
    public required JsonObject Source { get; init; }

    /// <summary>Keeps what a reader made while it checked.</summary>
    internal void Keep(CompiledWorkflow made) => Volatile.Write(ref compiled, made);

    /// <summary>The executable form, made once. A definition belongs to one registry and one resolver.</summary>
    internal CompiledWorkflow Compiled(ActivityRegistry registry, WorkflowResolver? resolver)
    {
        var current = Volatile.Read(ref compiled);
        if (current is null || !ReferenceEquals(current.Registry, registry) || !ReferenceEquals(current.Resolver, resolver))
        {
            current = WorkflowCompiler.Compile(this, registry, resolver, new LintSink());
            Volatile.Write(ref compiled, current);
        }

        return current;
    }
}

/// <summary>How a definition names another one that it uses as an activity.</summary>
/// <param name="TypeName">Pascal case of the other's name.</param>
/// <param name="VersionId">Wins when it is known; falls back to <paramref name="DefinitionId"/>, then to the name.</param>
public sealed record WorkflowReference(string TypeName, string? DefinitionId, string? VersionId);

/// <summary>Finds a definition that another one uses as an activity; null when there is none. Pure: the host loads definitions before.</summary>
public delegate WorkflowDefinition? WorkflowResolver(WorkflowReference reference);
