namespace Deliberation.Workflows.Activities;

/// <summary>What a designer and the linter may know about a kind of activity.</summary>
/// <param name="TypeName">For example <c>Elsa.Delay</c>.</param>
/// <param name="Outcomes">Ports in display order; <c>Done</c> when the activity names none.</param>
/// <param name="Outputs">Names of outputs, Pascal case.</param>
/// <param name="EmbeddedPorts">Properties that hold an activity or a list of them, for example <c>body</c>.</param>
/// <param name="HasDynamicOutcomes">True when the definition adds outcomes, as the cases of a FlowSwitch do.</param>
/// <param name="IsTrigger">True for what may start a workflow: Event, Timer, Cron, StartAt.</param>
/// <param name="IsTerminal">True when it ends its container.</param>
public sealed record ActivityDescriptor(
    string TypeName,
    string Category,
    IReadOnlyList<InputDescriptor> Inputs,
    IReadOnlyList<string> Outcomes,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> EmbeddedPorts,
    bool HasDynamicOutcomes = false,
    bool IsTrigger = false,
    bool IsTerminal = false,
    bool IsStart = false)
{
    /// <summary>The last part of the type name.</summary>
    public string Name => TypeName[(TypeName.LastIndexOf('.') + 1)..];

    /// <summary>The type name without its last part; empty when it has one part only.</summary>
    public string Namespace => TypeName.Contains('.', StringComparison.Ordinal) ? TypeName[..TypeName.LastIndexOf('.')] : "";

    public bool IsContainer => EmbeddedPorts.Count > 0;
}

/// <summary>An input of an activity.</summary>
/// <param name="Name">The JSON property, camel case.</param>
/// <param name="Type">What the expression becomes.</param>
/// <param name="IsWrapped">True for <c>{"typeName","expression"}</c>; false for a bare value such as the variable of a SetVariable.</param>
public sealed record InputDescriptor(string Name, Type Type, bool IsWrapped = true)
{
    /// <summary>Elsa's alias of the type, for example <c>Int32</c>; <c>Object</c> for what Elsa has no alias for.</summary>
    public string TypeName => TypeAliases.Of(Type);
}
