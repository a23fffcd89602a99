using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Features.Workflows;

/// <summary>What a definition calls its activities, for people.</summary>
internal static class ActivityTitles
{
    /// <summary>By activity id: the text in a language, else the designer's display text, else the name; nothing for those that have none.</summary>
    public static IReadOnlyDictionary<string, string> Of(WorkflowDefinition definition, string language) => DefinitionActivities.Of(definition.Source)
        .Select(activity => (Id: activity["id"]!.ToString(), Title: Title(activity, language)))
        .Where(activity => activity.Title is not null)
        .DistinctBy(activity => activity.Id)
        .ToDictionary(activity => activity.Id, activity => activity.Title!);

    private static string? Title(JsonObject activity, string language) => new[]
    {
        ((activity["customProperties"] as JsonObject)?["deliberation"] as JsonObject)?["texts"]?[language],
        (activity["metadata"] as JsonObject)?["displayText"],
        activity["name"],
    }.Select(text => text?.ToString()).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
}
