namespace Deliberation.Workflows.Definitions;

/// <summary>Ways to find workflows that are used as activities.</summary>
public static class WorkflowResolvers
{
    /// <summary>Among definitions at hand: by version id, else the newest of the definition id, else the newest of the name in Pascal case.
    /// The list is read at each call, so that definitions may be added while they are read.</summary>
    public static WorkflowResolver Among(IReadOnlyCollection<WorkflowDefinition> definitions) => reference =>
        definitions.FirstOrDefault(definition => definition.Id == reference.VersionId)
        ?? definitions.Where(definition => definition.DefinitionId == reference.DefinitionId).MaxBy(definition => definition.Version)
        ?? definitions.Where(definition => Naming.Pascal(definition.Name) == reference.TypeName && definition.IsUsableAsActivity).MaxBy(definition => definition.Version);
}
