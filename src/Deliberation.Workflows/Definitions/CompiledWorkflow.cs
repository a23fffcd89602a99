using Deliberation.Workflows.Activities;

namespace Deliberation.Workflows.Definitions;

/// <summary>A definition ready to run.</summary>
/// <param name="Root">The implicit <c>Workflow1</c> above the root activity.</param>
/// <param name="Nodes">Every activity by its node id, those of workflows used as activities included.</param>
/// <param name="ContinuesAfterIncident">Elsa's strategy "continue with incidents".</param>
internal sealed record CompiledWorkflow(
    ActivityNode Root,
    IReadOnlyDictionary<string, ActivityNode> Nodes,
    bool ContinuesAfterIncident,
    ActivityRegistry Registry,
    WorkflowResolver? Resolver);

/// <summary>Collects what a linter has to say, by path in the JSON.</summary>
internal sealed class LintSink
{
    public List<(string Path, string Code, string Message, LintSeverity Severity)> Found { get; } = [];

    public void Error(string path, string code, string message) => Found.Add((path, code, message, LintSeverity.Error));

    public void Warning(string path, string code, string message) => Found.Add((path, code, message, LintSeverity.Warning));
}
