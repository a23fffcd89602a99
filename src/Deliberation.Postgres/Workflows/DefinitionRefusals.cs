using Deliberation.Domain;

namespace Deliberation.Postgres.Workflows;

/// <summary>Why a definition is left as it is.</summary>
public static class DefinitionRefusals
{
    public static readonly Refusal Unknown = Refusal.NotFound("workflow.definition-unknown");

    /// <summary>Two editors never overwrite each other.</summary>
    public static readonly Refusal Changed = Refusal.Conflict("workflow.definition-changed");

    /// <summary>What was published once is kept for good.</summary>
    public static readonly Refusal Published = Refusal.Conflict("workflow.version-published");
}
