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
    public static IReadOnlyList<EmbeddedWorkflow> Of(JsonObject definition, ActivityRegistry registry) =>
    [
        .. from activity in DefinitionActivities.Of(definition)
           let reference = WorkflowReference.From(activity)
           where reference is not null && registry.Find(reference.TypeName) is null
           select new EmbeddedWorkflow(activity, reference),
    ];
}
