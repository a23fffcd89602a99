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

    /// <summary>Finds the workflows that this one uses as activities, in the versions it was stored with; null: as the engine finds them.</summary>
    public WorkflowResolver? Resolver { get; init; }

    /// <summary>Other workflows may use it as an activity. Older files carry the flag at the top.</summary>
    public bool IsUsableAsActivity => IsSet("usableAsActivity") ?? IsTrue(Source["usableAsActivity"]);

    /// <summary>Once published, it replaces its older versions in the workflows that use it.</summary>
    public bool UpdatesConsumers => IsUsableAsActivity && IsSet("autoUpdateConsumingWorkflows") is true;

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

    private bool? IsSet(string option) => (Source["options"] as JsonObject)?[option] is { } flag ? IsTrue(flag) : null;

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool isTrue) && isTrue;
}

/// <summary>How a definition names another one that it uses as an activity.</summary>
/// <param name="TypeName">Pascal case of the other's name.</param>
/// <param name="VersionId">Wins when it is known; falls back to <paramref name="DefinitionId"/>, then to the name.</param>
public sealed record WorkflowReference(string TypeName, string? DefinitionId, string? VersionId)
{
    /// <returns>Null when the JSON has no type.</returns>
    internal static WorkflowReference? From(JsonObject activity) => WorkflowCompiler.Text(activity["type"]) is { } type
        ? new WorkflowReference(type, WorkflowCompiler.Text(activity["workflowDefinitionId"]), WorkflowCompiler.Text(activity["workflowDefinitionVersionId"]))
        : null;
}

/// <summary>Finds a definition that another one uses as an activity; null when there is none. Pure: the host loads definitions before.</summary>
public delegate WorkflowDefinition? WorkflowResolver(WorkflowReference reference);
