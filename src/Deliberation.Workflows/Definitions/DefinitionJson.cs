using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Definitions;

/// <summary>Definitions as text, without loss: members in their order, numbers as they are spelt.</summary>
public static class DefinitionJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Json.DocumentOptions.MaxDepth,
    };

    /// <exception cref="JsonException">The text is no JSON object, or is nested deeper than definitions may be.</exception>
    public static JsonObject Parse(string json) =>
        JsonNode.Parse(json, documentOptions: Json.DocumentOptions) as JsonObject ?? throw new JsonException("The text is no JSON object.");

    public static string Write(JsonObject definition) => definition.ToJsonString(Options);
}
