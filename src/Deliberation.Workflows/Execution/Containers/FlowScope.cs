namespace Deliberation.Workflows.Execution.Containers;

/// <summary>What a flowchart counts while it runs: Elsa's FlowScope.</summary>
internal sealed class FlowScope(int activities, int connections)
{
    public int[] ActivityVisits { get; } = new int[activities];

    /// <summary>Activities whose connections are being visited; empty between two completions.</summary>
    public Stack<(int Activity, IReadOnlyList<string> Outcomes, int Next)> Open { get; } = new();

    public int[] ConnectionVisits { get; } = new int[connections];

    /// <summary>Whether the last visit of a connection followed it.</summary>
    public bool[] IsFollowed { get; } = new bool[connections];
}
