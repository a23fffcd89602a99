using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Alterations;

/// <summary>Values that people give to variables. Stricter than a running workflow, which keeps what does not fit.</summary>
internal static class VariableValues
{
    /// <returns>False when the value cannot become one of the variable's type; null fits every type.</returns>
    public static bool TryConvert(JsonNode? given, VariableDeclaration variable, out JsonNode? value)
    {
        value = ValueConverter.Coerce(Json.Detached(given), variable.TypeName, variable.IsArray);
        return value is null || (variable.IsArray ? value is JsonArray : Fits(value, variable.TypeName));
    }

    private static bool Fits(JsonNode value, string? typeName)
    {
        var kind = value.GetValueKind();
        return typeName switch
        {
            "Int16" or "Int32" or "Int64" or "Single" or "Double" or "Decimal" => kind is JsonValueKind.Number,
            "Boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "String" => kind is JsonValueKind.String,
            "DateTime" or "DateTimeOffset" => Reads<DateTimeOffset>(value),
            "TimeSpan" => Reads<TimeSpan>(value),
            "Guid" => Reads<Guid>(value),
            _ => true,
        };
    }

    private static bool Reads<T>(JsonNode value)
    {
        try
        {
            return ValueConverter.Convert<T>(value) is not null && value.GetValueKind() is JsonValueKind.String;
        }
        catch (ExpressionException)
        {
            return false;
        }
    }
}
