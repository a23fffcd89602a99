using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Activities;

/// <summary>An input as the definition gives it: an expression, evaluated when the activity asks.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
/// <param name="ExpressionType">Literal, Object, Json, Variable, Input or JavaScript.</param>
/// <param name="Value">The expression's value in the definition; null when the input is unset.</param>
public sealed record Input<T>(string ExpressionType, JsonNode? Value)
{
    private PreparedExpression? prepared;
    private T? constant;

    /// <summary>True for inputs of Elsa's own activities: what does not fit becomes the default, as Elsa has it. An activity of the product faults instead.</summary>
    internal bool IsElsa { get; init; }

    /// <summary>An input that the definition leaves out.</summary>
    public static Input<T> Unset { get; } = new("Literal", null);

    /// <summary>A fixed value, for tests and code.</summary>
    public static Input<T> Of(JsonNode? value) => new("Literal", value);

    /// <summary>Parses the expression, and converts it once when it is a constant of an immutable type.</summary>
    /// <exception cref="ExpressionException">It does not parse or convert.</exception>
    internal Input<T> Prepare()
    {
        var expression = PreparedExpression.Of(ExpressionType, Value);
        prepared = IsElsa ? expression : null;
        if (expression.IsConstant && (typeof(T).IsValueType || typeof(T) == typeof(string)))
        {
            constant = ValueConverter.Convert<T>(expression.Constant);
            prepared = PreparedExpression.Converted;
        }
        else
        {
            if (expression.IsConstant)
            {
                ValueConverter.Convert<T>(expression.Constant);
            }

            prepared = expression;
        }

        return this;
    }

    internal T? Evaluate(IExpressionScope scope)
    {
        if (prepared is null)
        {
            Prepare();
        }

        if (ReferenceEquals(prepared, PreparedExpression.Converted))
        {
            return constant;
        }

        var value = prepared!.Evaluate(scope);
        return IsElsa ? ValueConverter.ConvertOrDefault<T>(value) : ValueConverter.Convert<T>(value);
    }
}
