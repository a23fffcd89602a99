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
    /// <summary>For people: the name in words unless it has another.</summary>
    public string DisplayName { get => field is { Length: > 0 } given ? given : Words.Title(Name); init; } = "";

    /// <summary>What it does, in one sentence.</summary>
    public string Description { get; init; } = "";

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

    /// <summary>For people: the name in words unless it has another.</summary>
    public string DisplayName { get => field is { Length: > 0 } given ? given : Words.Title(Name); init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The control that edits it, by Elsa's name, for example <c>singleline</c>.</summary>
    public string UiHint { get => field is { Length: > 0 } given ? given : UiHints.Of(Type); init; } = "";

    /// <summary>What an input that is left out counts as; null when it is nothing.</summary>
    public object? Default { get; init; }

    /// <summary>What may be chosen; empty for free input.</summary>
    public IReadOnlyList<string> Options => (Nullable.GetUnderlyingType(Type) ?? Type) is { IsEnum: true } choices ? Enum.GetNames(choices) : [];
}

/// <summary>Names of code as words.</summary>
internal static class Words
{
    /// <summary><c>workflowDefinitionId</c> becomes <c>Workflow Definition Id</c>.</summary>
    public static string Title(string name) => string.Concat(name.Select((letter, index) =>
        index == 0 ? char.ToUpperInvariant(letter).ToString() : char.IsUpper(letter) ? " " + letter : letter.ToString()));
}
