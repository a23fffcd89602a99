using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

internal enum ValueKind : byte
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,

    /// <summary>A JSON array or object. Never changed in place.</summary>
    Node,
}

/// <summary>A value of an expression, with the conversions of ECMAScript.</summary>
internal readonly struct Value
{
    private readonly double number;
    private readonly object? reference;

    private Value(ValueKind kind, double number, object? reference)
    {
        Kind = kind;
        this.number = number;
        this.reference = reference;
    }

    public static Value Undefined => default;

    public static Value Null => new(ValueKind.Null, 0, null);

    public ValueKind Kind { get; }

    public bool IsNullish => Kind is ValueKind.Undefined or ValueKind.Null;

    public string Text => (string)reference!;

    public JsonNode Node => (JsonNode)reference!;

    public static implicit operator Value(double value) => new(ValueKind.Number, value, null);

    public static implicit operator Value(bool value) => new(ValueKind.Boolean, value ? 1 : 0, null);

    public static implicit operator Value(string value) => new(ValueKind.String, 0, value);

    public static Value From(JsonNode? node) => node switch
    {
        null => Null,
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => Json.Text(value),
            JsonValueKind.Number => Json.Number(value),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Null,
        },
        _ => new(ValueKind.Node, 0, node),
    };

    public JsonNode? ToNode() => Kind switch
    {
        ValueKind.Boolean => JsonValue.Create(number != 0),
        ValueKind.Number => NumberNode(number),
        ValueKind.String => JsonValue.Create(Text),
        ValueKind.Node => Node,
        _ => null,
    };

    public bool ToBoolean() => Kind switch
    {
        ValueKind.Boolean => number != 0,
        ValueKind.Number => number != 0 && !double.IsNaN(number),
        ValueKind.String => Text.Length > 0,
        ValueKind.Node => true,
        _ => false,
    };

    public double ToNumber() => Kind switch
    {
        ValueKind.Number or ValueKind.Boolean => number,
        ValueKind.Null => 0,
        ValueKind.String => ParseNumber(Text),
        ValueKind.Node => ParseNumber(ToText()),
        _ => double.NaN,
    };

    public string ToText() => Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Null => "null",
        ValueKind.Boolean => number != 0 ? "true" : "false",
        ValueKind.Number => NumberText.Of(number),
        ValueKind.String => Text,
        _ => Node is JsonArray array ? Joined(array, ",") : "[object Object]",
    };

    public static string Joined(JsonArray array, string separator) =>
        string.Join(separator, array.Select(item => item is null ? "" : From(item).ToText()));

    public static bool StrictEquals(Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (ValueKind.Undefined, ValueKind.Undefined) or (ValueKind.Null, ValueKind.Null) => true,
        (ValueKind.Boolean, ValueKind.Boolean) or (ValueKind.Number, ValueKind.Number) => left.number == right.number,
        (ValueKind.String, ValueKind.String) => string.Equals(left.Text, right.Text, StringComparison.Ordinal),
        (ValueKind.Node, ValueKind.Node) => ReferenceEquals(left.reference, right.reference),
        _ => false,
    };

    public static bool LooseEquals(Value left, Value right)
    {
        if (left.Kind == right.Kind)
        {
            return StrictEquals(left, right);
        }

        if (left.IsNullish || right.IsNullish)
        {
            return left.IsNullish && right.IsNullish;
        }

        if (left.Kind == ValueKind.Node && right.Kind == ValueKind.String || left.Kind == ValueKind.String && right.Kind == ValueKind.Node)
        {
            return string.Equals(left.ToText(), right.ToText(), StringComparison.Ordinal);
        }

        return left.ToNumber() == right.ToNumber();
    }

    private static JsonValue? NumberNode(double value) =>
        double.IsNaN(value) || double.IsInfinity(value) ? null
        : value == Math.Truncate(value) && Math.Abs(value) <= 9_007_199_254_740_991 ? JsonValue.Create((long)value)
        : JsonValue.Create(value);

    private static double ParseNumber(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            return 0;
        }

        if (trimmed.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(trimmed[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : double.NaN;
        }

        return trimmed switch
        {
            "Infinity" or "+Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : double.NaN,
        };
    }
}

/// <summary>Numbers as ECMAScript writes them: <c>1e21</c> and not <c>1E+21</c>, <c>1000000000000000</c> and not <c>1E+15</c>.</summary>
internal static class NumberText
{
    public static string Of(double value)
    {
        if (value == Math.Truncate(value) && Math.Abs(value) < 1e15)
        {
            return ((long)value).ToString(CultureInfo.InvariantCulture);
        }

        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        // .NET's shortest form holds the right digits; only where it puts point and exponent differs.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = shortest[0].IndexOf('.', StringComparison.Ordinal) is var at && at >= 0 ? at : shortest[0].Length;
        var written = shortest[0].Replace(".", "", StringComparison.Ordinal);
        var digits = written.Trim('0');
        var exponent = point - 1 - (written.Length - written.TrimStart('0').Length)
            + (shortest.Length > 1 ? int.Parse(shortest[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
        var sign = value < 0 ? "-" : "";
        return exponent switch
        {
            >= 21 or <= -7 => sign + digits[0] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + (exponent > 0 ? "+" : "") + exponent.ToString(CultureInfo.InvariantCulture),
            < 0 => sign + "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => sign + digits.PadRight(exponent + 1, '0'),
            _ => sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
        };
    }
}
