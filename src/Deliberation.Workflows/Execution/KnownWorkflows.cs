namespace Deliberation.Workflows.Execution;

/// <summary>A fact of a host that has all its definitions at hand: a call of a workflow that it does not know faults, as in Elsa, instead of waiting for an answer.</summary>
public sealed record KnownWorkflows(Func<string, bool> Has);
