using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities;

/// <summary>An input as the definition gives it: an expression, evaluated when the activity asks.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
/// <param name="ExpressionType">Literal, Object, Json, Variable, Input or JavaScript.</param>
/// <param name="Value">The expression's value in the definition; null when the input is unset.</param>
public sealed record Input<T>(string ExpressionType, JsonNode? Value)
{
    /// <summary>An input that the definition leaves out.</summary>
    public static Input<T> Unset { get; } = new("Literal", null);

    /// <summary>A fixed value, for tests and code.</summary>
    public static Input<T> Of(JsonNode? value) => new("Literal", value);
}
