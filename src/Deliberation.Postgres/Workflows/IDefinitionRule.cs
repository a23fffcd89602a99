using Deliberation.Workflows.Definitions;

namespace Deliberation.Postgres.Workflows;

/// <summary>What every definition must keep to be published, beyond what the format asks.</summary>
public interface IDefinitionRule
{
    /// <summary>What is wrong with it; an error keeps it from being published.</summary>
    IReadOnlyList<LintMessage> Check(WorkflowDefinition definition);
}
