using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Features.Workflows;

/// <summary>What a definition calls its activities, for people.</summary>
internal static class ActivityTitles
{
    /// <summary>By activity id: the text in a language, else the designer's display text, else the name; nothing for those that have none.</summary>
    public static IReadOnlyDictionary<string, string> Of(WorkflowDefinition definition, string language)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        Collect(definition.Source["root"], language, titles);
        return titles;
    }

    private static void Collect(JsonNode? node, string language, Dictionary<string, string> titles)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Collect(item, language, titles);
                }

                break;
            case JsonObject members:
                if (members["id"] is JsonValue id && members["type"] is not null && Title(members, language) is { } title)
                {
                    titles.TryAdd(id.ToString(), title);
                }

                foreach (var (name, value) in members)
                {
                    if (name is not ("customProperties" or "metadata"))
                    {
                        Collect(value, language, titles);
                    }
                }

                break;
        }
    }

    private static string? Title(JsonObject activity, string language) => new[]
    {
        ((activity["customProperties"] as JsonObject)?["deliberation"] as JsonObject)?["texts"]?[language],
        (activity["metadata"] as JsonObject)?["displayText"],
        activity["name"],
    }.Select(text => text?.ToString()).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
}
