using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Process.Templates;

/// <summary>Reads the drawing of a definition: flowcharts, their activities and their connections.</summary>
internal static class TemplateGraph
{
    /// <summary>Every activity of the definition, containers first.</summary>
    public static IEnumerable<JsonObject> Activities(WorkflowDefinition definition) =>
        definition.Source["root"] is JsonObject root ? Within(root).Prepend(root) : [];

    /// <summary>Every flowchart with its JSON path.</summary>
    public static IEnumerable<(JsonObject Chart, string Path)> Flowcharts(WorkflowDefinition definition) =>
        definition.Source["root"] is JsonObject root ? Charts(root, "$.root") : [];

    public static IEnumerable<JsonObject> Children(JsonObject container) =>
        (container["activities"] as JsonArray ?? []).OfType<JsonObject>();

    public static IEnumerable<(string Source, string Port, string Target)> Connections(JsonObject chart) =>
        (chart["connections"] as JsonArray ?? []).OfType<JsonObject>().Select(connection => (
            connection["source"]?["activity"]?.ToString() ?? "",
            connection["source"]?["port"]?.ToString() ?? "Done",
            connection["target"]?["activity"]?.ToString() ?? ""));

    private static IEnumerable<JsonObject> Within(JsonObject container) =>
        Children(container).SelectMany(child => Within(child).Prepend(child));

    private static IEnumerable<(JsonObject Chart, string Path)> Charts(JsonObject activity, string path)
    {
        if (activity["type"]?.ToString() is "Elsa.Flowchart")
        {
            yield return (activity, path);
        }

        var index = 0;
        foreach (var child in Children(activity))
        {
            foreach (var found in Charts(child, FormattableString.Invariant($"{path}.activities[{index}]")))
            {
                yield return found;
            }

            index++;
        }
    }
}
