using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Definitions;

/// <summary>One activity of a definition, ready to run. Immutable once compiled, shared by all instances.</summary>
internal sealed class ActivityNode
{
    public required string Id { get; init; }

    /// <summary>Ids on the path from the root, joined by colons; Elsa's <c>nodeId</c>.</summary>
    public required string NodeId { get; init; }

    /// <summary>What <c>get&lt;Output&gt;From&lt;Name&gt;()</c> calls it.</summary>
    public required string AccessorName { get; init; }

    public required string Type { get; init; }

    public required string DisplayText { get; init; }

    public required JsonObject Source { get; init; }

    /// <summary>Place in the JSON of the definition, for the linter.</summary>
    public required string Path { get; init; }

    public ActivityNode? Parent { get; init; }

    public IReadOnlyList<VariableDeclaration> Variables { get; init; } = [];

    public IReadOnlyList<OutputBinding> Outputs { get; init; } = [];

    /// <summary>True when the definition says that it may start the workflow.</summary>
    public bool CanStart { get; init; }

    /// <summary>True when it is, or has inside, an activity of the product.</summary>
    public bool HoldsProduct { get; set; }

    /// <summary>Set for leaves.</summary>
    public IActivity? Activity { get; set; }

    /// <summary>Set for what has children.</summary>
    public Container? Container { get; set; }

    /// <summary>The workflow itself, where scopes of variables and inputs end.</summary>
    public bool IsWorkflow => Container is WorkflowContainer;

    public override string ToString() => NodeId;
}

/// <summary>A variable that a workflow or container declares.</summary>
internal sealed record VariableDeclaration(string Id, string Name, string? TypeName, bool IsArray, JsonNode? Initial)
{
    public JsonNode? Initial { get; } = Expressions.Json.Held(Initial);

    /// <summary>The name as <c>getX()</c> spells it.</summary>
    public string AccessorName { get; } = Naming.Pascal(Name);

    public bool HasName(string name) =>
        string.Equals(Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(AccessorName, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Where an output of an activity goes besides <c>get…From…()</c>.</summary>
/// <param name="Output">Pascal case.</param>
/// <param name="Reference">Id of a variable, or name of a workflow output.</param>
internal sealed record OutputBinding(string Output, string Reference);

/// <summary>An input that a workflow declares.</summary>
internal sealed record InputDeclaration(string Name, string? TypeName, bool IsArray, JsonNode? Default)
{
    public string AccessorName { get; } = Naming.Pascal(Name);
}

internal static class Naming
{
    /// <summary>Letters, digits and underscores, each word with a capital: "current value" becomes "CurrentValue".</summary>
    public static string Pascal(string name)
    {
        var result = new char[name.Length];
        var length = 0;
        var starts = true;
        foreach (var character in name)
        {
            if (char.IsLetterOrDigit(character) || character == '_')
            {
                result[length++] = starts ? char.ToUpperInvariant(character) : character;
                starts = false;
            }
            else
            {
                starts = true;
            }
        }

        return new string(result, 0, length);
    }
}
