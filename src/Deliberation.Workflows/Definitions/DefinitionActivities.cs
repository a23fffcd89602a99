using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Definitions;

/// <summary>The activities in the JSON of a definition, known or not, without compiling it.</summary>
public static class DefinitionActivities
{
    /// <returns>Every object below the root that has an id and a type, in the order of the text. What stands in custom properties and metadata is none.</returns>
    public static IEnumerable<JsonObject> Of(JsonObject definition) => In(definition["root"]);

    private static IEnumerable<JsonObject> In(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(In),
        JsonObject members => (members["id"] is JsonValue && members["type"] is JsonValue ? [members] : Enumerable.Empty<JsonObject>())
            .Concat(members.Where(member => member.Key is not ("customProperties" or "metadata")).SelectMany(member => In(member.Value))),
        _ => [],
    };
}
