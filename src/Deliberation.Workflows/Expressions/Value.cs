using System.Globalization;
using System.Numerics;
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

    private static JsonValue? NumberNode(double value) =>
        double.IsNaN(value) || double.IsInfinity(value) ? null
        : value == Math.Truncate(value) && Math.Abs(value) <= 9_007_199_254_740_991 ? JsonValue.Create((long)value)
        : JsonValue.Create(value);

    private static double ParseNumber(string text)
    {
        var trimmed = TrimmedText.Of(text);
        if (trimmed.IsEmpty)
        {
            return 0;
        }

        if (NumberText.Prefixed(trimmed) is { } prefixed)
        {
            return prefixed;
        }

        // .NET would take "infinity", and zeros behind the text.
        return trimmed switch
        {
            "Infinity" or "+Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ when trimmed.ContainsAnyExcept(NumberText.Characters) => double.NaN,
            _ => double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : double.NaN,
        };
    }
}

/// <summary>A text without the blanks of ECMAScript around it.</summary>
internal static class TrimmedText
{
    public static ReadOnlySpan<char> Of(string text, bool atStart = true, bool atEnd = true)
    {
        var (from, to) = (0, text.Length);
        while (atStart && from < to && Lexer.IsBlank(text[from]))
        {
            from++;
        }

        while (atEnd && to > from && Lexer.IsBlank(text[to - 1]))
        {
            to--;
        }

        return text.AsSpan(from, to - from);
    }
}

/// <summary>Numbers as ECMAScript writes them: <c>1e21</c> and not <c>1E+21</c>, <c>1000000000000000</c> and not <c>1E+15</c>.</summary>
internal static class NumberText
{
    /// <summary>All that a decimal number is made of.</summary>
    public static System.Buffers.SearchValues<char> Characters { get; } = System.Buffers.SearchValues.Create("0123456789+-.eE");

    /// <summary>A whole number behind <c>0x</c>, <c>0o</c> or <c>0b</c>; null when the text is none.</summary>
    public static double? Prefixed(ReadOnlySpan<char> text)
    {
        var bits = text.Length < 3 || text[0] != '0' ? 0 : text[1] switch
        {
            'x' or 'X' => 4,
            'o' or 'O' => 3,
            'b' or 'B' => 1,
            _ => 0,
        };
        return bits > 0 && DigitsOf(text[2..], 1 << bits) == text.Length - 2 ? OfBits(text[2..], bits) : null;
    }

    /// <summary>How many characters at the beginning are digits of that radix.</summary>
    public static int DigitsOf(ReadOnlySpan<char> text, int radix)
    {
        var length = 0;
        while (length < text.Length && Digit(text[length]) < radix)
        {
            length++;
        }

        return length;
    }

    /// <returns>More than any radix when it is none.</returns>
    public static int Digit(char character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'z' => character - 'a' + 10,
        >= 'A' and <= 'Z' => character - 'A' + 10,
        _ => int.MaxValue,
    };

    /// <summary>Digits of so many bits each, rounded once.</summary>
    public static double OfBits(ReadOnlySpan<char> digits, int bits)
    {
        var (leading, scale, hasMore) = (0UL, 0, false);
        foreach (var character in digits)
        {
            if (leading >> 58 == 0)
            {
                leading = (leading << bits) | (uint)Digit(character);
            }
            else
            {
                scale += bits;
                hasMore |= character != '0';
            }
        }

        return Math.ScaleB((double)(hasMore ? leading | 1 : leading), scale);
    }

    /// <summary>So many digits behind the point. Counted in whole numbers: .NET rounds some halves twice.</summary>
    public static string Fixed(double value, int digits)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = Math.Max(1, (int)(bits >> 52) & 0x7FF) - 1075;
        var scaled = new BigInteger((bits & 0xFFFFFFFFFFFFF) | (double.IsSubnormal(value) || value == 0 ? 0 : 1L << 52)) * BigInteger.Pow(10, digits);
        var rounded = exponent >= 0 ? scaled << exponent : ((scaled << 1) + (BigInteger.One << -exponent)) >> (1 - exponent);
        var text = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return (value < 0 ? "-" : "") + (digits == 0 ? text : text[..^digits] + "." + text[^digits..]);
    }

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
