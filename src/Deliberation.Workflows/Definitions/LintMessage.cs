namespace Deliberation.Workflows.Definitions;

public enum LintSeverity
{
    Warning,

    /// <summary>Kept as a draft, cannot be published.</summary>
    Error,
}

/// <summary>Something wrong or doubtful in a definition.</summary>
/// <param name="JsonPath">For example <c>$.root.activities[2].condition</c>.</param>
/// <param name="Line">1-based line of that place in the text.</param>
/// <param name="Column">1-based, in UTF-16 units.</param>
/// <param name="Code">Stable, for example <c>expression.invalid</c>.</param>
public sealed record LintMessage(string JsonPath, int Line, int Column, string Code, string Message, LintSeverity Severity);
