using Deliberation.Postgres.Workflows;
using Deliberation.Process.Lint;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Features.Templates;

/// <summary>No template is published in which a task has no responsible post, or several.</summary>
internal sealed class DivisionOfWorkRule : IDefinitionRule
{
    public IReadOnlyList<LintMessage> Check(WorkflowDefinition definition) => DivisionOfWork.Check(definition);
}
