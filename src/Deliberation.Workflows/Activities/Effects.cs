using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities;

/// <summary>A change inside the instance that one of Elsa's own activities decides and the engine makes.</summary>
internal abstract record Effect
{
    /// <param name="Variable">Id of the variable, or its name.</param>
    public sealed record SetVariable(string Variable, JsonNode? Value) : Effect;

    public sealed record SetName(string? Name) : Effect;

    public sealed record Correlate(string? CorrelationId) : Effect;

    /// <summary>An output of the nearest workflow.</summary>
    public sealed record SetOutput(string Name, JsonNode? Value) : Effect;

    /// <summary>Tells the containers above, up to the nearest loop, to end with the child that completes next.</summary>
    public sealed record Break : Effect;

    /// <summary>Ends the nearest workflow with outcomes.</summary>
    public sealed record CompleteWorkflow(IReadOnlyList<string> Outcomes) : Effect;

    /// <summary>Ends the instance at once.</summary>
    public sealed record Finish : Effect;
}
