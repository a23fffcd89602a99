namespace Deliberation.Workflows.Activities;

/// <summary>What a designer shows of an input, where its type does not say it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InputAttribute : Attribute
{
    /// <summary>The control that edits it, by Elsa's name; empty takes the one for its type.</summary>
    public string UiHint { get; init; } = "";

    /// <summary>Empty takes the name in words.</summary>
    public string DisplayName { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>What an input that is left out counts as; null when it is nothing.</summary>
    public object? Default { get; init; }
}
