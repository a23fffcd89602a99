using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Execution;

/// <summary>An instance's state as a host keeps it.</summary>
public static class StateText
{
    // A container takes two levels, and the values inside are lists and objects themselves: more than the 64 that .NET reads unless told.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <exception cref="JsonException">The text is no state.</exception>
    public static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text, documentOptions: Deep)!;
}
