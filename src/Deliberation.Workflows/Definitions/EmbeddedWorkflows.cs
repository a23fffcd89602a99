using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Workflows.Definitions;

/// <summary>An activity of a definition that stands for another workflow.</summary>
public sealed record EmbeddedWorkflow(JsonObject Activity, WorkflowReference Reference)
{
    /// <summary>Makes the activity name one version, in every member in which Elsa keeps it.</summary>
    public void Pin(WorkflowDefinition target)
    {
        Activity["workflowDefinitionId"] = target.DefinitionId;
        Activity["workflowDefinitionVersionId"] = target.Id;
        Activity["latestAvailablePublishedVersionId"] = target.Id;
        Activity["latestAvailablePublishedVersion"] = target.Version;
        Activity["version"] = target.Version;
    }
}

/// <summary>Finds the activities of a definition that stand for other workflows, without compiling it.</summary>
public static class EmbeddedWorkflows
{
    /// <returns>Every activity of a type that the registry does not know, in the order of the text; some may be plain mistakes.</returns>
    public static IReadOnlyList<EmbeddedWorkflow> Of(JsonObject definition, ActivityRegistry registry)
    {
        var found = new List<EmbeddedWorkflow>();
        Visit(definition["root"], registry, found);
        return found;
    }

    private static void Visit(JsonNode? node, ActivityRegistry registry, List<EmbeddedWorkflow> found)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    Visit(item, registry, found);
                }

                break;
            case JsonObject members:
                if (members.ContainsKey("id") && WorkflowReference.From(members) is { } reference && registry.Find(reference.TypeName) is null)
                {
                    found.Add(new EmbeddedWorkflow(members, reference));
                }

                foreach (var (_, member) in members)
                {
                    Visit(member, registry, found);
                }

                break;
        }
    }
}
