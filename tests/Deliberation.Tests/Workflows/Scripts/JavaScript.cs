using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Workflows.Scripts;

/// <summary>The few rules of ECMAScript that the reference needs, written down a second time. Values: double, string, bool, null, <see cref="Undefined"/>, lists and maps.</summary>
internal static class JavaScript
{
    public static readonly object Undefined = new();

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        double number => !(number == 0 || double.IsNaN(number)),
        string text => text != "",
        _ => value != Undefined,
    };

    public static double Number(object? value) => Primitive(value) switch
    {
        null => 0,
        bool truth => truth ? 1 : 0,
        double number => number,
        string text when text.Trim() == "" => 0,
        string text when text.Trim() is "Infinity" or "-Infinity" => text.Contains('-', StringComparison.Ordinal) ? double.NegativeInfinity : double.PositiveInfinity,
        string text when text.Trim() is ['0', 'x', _, ..] hex && hex[2..].All(char.IsAsciiHexDigit) => hex[2..].Aggregate(0.0, (sum, digit) => (sum * 16) + Convert.ToInt32($"{digit}", 16)), // 0 + 'x1'
        string text when text.Trim().All("0123456789.-".Contains) && double.TryParse(text.Trim(), CultureInfo.InvariantCulture, out var number) => number,
        _ => double.NaN,
    };

    public static string Text(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        double.NaN => "NaN",
        double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
        double number => decimal.Parse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture).ToString("0.############################", CultureInfo.InvariantCulture),
        string text => text,
        List<object?> list => string.Join(',', list.Select(item => item is null ? "" : Text(item))),
        _ => value == Undefined ? "undefined" : "[object Object]",
    };

    public static object Add(object? left, object? right) =>
        (Primitive(left), Primitive(right)) is var (one, two) && (one is string || two is string) ? Text(one) + Text(two) : Number(left) + Number(right);

    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (double one, double two) => one == two,
        (string or bool, _) => left.Equals(right),
        _ => ReferenceEquals(left, right),
    };

    public static bool Equal(object? left, object? right)
    {
        var (isLeftNothing, isRightNothing) = (left is null || left == Undefined, right is null || right == Undefined);
        if (isLeftNothing || isRightNothing)
        {
            return isLeftNothing && isRightNothing;
        }

        return (IsObject(left!), IsObject(right!)) switch
        {
            (true, true) => ReferenceEquals(left, right),
            _ when Primitive(left) is string one && Primitive(right) is string two => one == two,
            _ => Number(left) == Number(right),
        };
    }

    public static bool Less(object? left, object? right) =>
        Primitive(left) is string one && Primitive(right) is string two ? string.CompareOrdinal(one, two) < 0 : Number(left) < Number(right);

    /// <summary>Less or equal: false as soon as one is no number.</summary>
    public static bool AtMost(object? left, object? right) =>
        Primitive(left) is string one && Primitive(right) is string two ? string.CompareOrdinal(one, two) <= 0 : Number(left) <= Number(right);

    public static string TypeOf(object? value) => value switch
    {
        bool => "boolean",
        double => "number",
        string => "string",
        _ => value == Undefined ? "undefined" : "object",
    };

    /// <summary>As an item of a list or object: they hold JSON and nothing else.</summary>
    public static object? Item(object? value) => value == Undefined || value is double number && !double.IsFinite(number) ? null : value is 0.0 ? 0.0 : value;

    public static JsonNode? Node(object? value) => Item(value) switch
    {
        bool truth => truth,
        double number => number,
        string text => text,
        List<object?> list => new JsonArray([.. list.Select(Node)]),
        Dictionary<string, object?> map => new JsonObject(map.Select(member => KeyValuePair.Create(member.Key, Node(member.Value)))),
        _ => null,
    };

    private static bool IsObject(object value) => value is List<object?> or Dictionary<string, object?>;

    private static object? Primitive(object? value) => value is not null && IsObject(value) ? Text(value) : value;
}
