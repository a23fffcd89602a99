using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

/// <summary>A call of a function: its receiver, when it is a method, and its arguments.</summary>
internal readonly struct Call(Evaluation evaluation, Value self, Value[] arguments, int start, string name)
{
    public Value Self => self;

    public int Count => arguments.Length;

    public Value this[int index] => index < arguments.Length ? arguments[index] : Value.Undefined;

    public double Number(int index, double missing = double.NaN) => this[index].Kind == ValueKind.Undefined ? missing : evaluation.NumberOf(this[index], start);

    /// <summary>A whole number; NaN becomes 0.</summary>
    public int Whole(int index, int missing)
    {
        var value = Number(index, missing);
        return double.IsNaN(value) ? 0 : (int)Math.Clamp(Math.Truncate(value), int.MinValue, int.MaxValue);
    }

    /// <summary>A place in a text: 0 to its length.</summary>
    public int Place(int index, int missing, int length) => Math.Clamp(Whole(index, missing), 0, length);

    public string Text(int index) => evaluation.TextOf(this[index], start);

    public void ChargeText(long length) => evaluation.ChargeText(length, start);

    public void ChargeItems(int count) => evaluation.ChargeItems(count, start);

    public void ChargeNewItems(long count) => evaluation.ChargeNewItems(count, start);

    /// <summary>A copy for a new list or object, charged for.</summary>
    public JsonNode? Copied(JsonNode? node) => evaluation.Copied(node, start);

    public void RequireSize(JsonNode? node)
    {
        if (node is not null)
        {
            evaluation.RequireSize(node, start);
        }
    }

    public ExpressionException Problem(string message) => evaluation.Problem(message, start);

    public ExpressionException NotOfThis() => Problem($"This value has no function '{name}'.");
}

/// <summary>A function of the subset.</summary>
internal sealed record Function(string Name, Func<Call, Value> Invoke);

/// <summary>Every function that an expression may call. All are pure.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, Function> Globals = Table(
        ("Number", call => call.Count == 0 ? 0 : call.Number(0)),
        ("String", call => call.Count == 0 ? "" : call.Text(0)),
        ("Boolean", call => call[0].ToBoolean()),
        ("parseInt", ParseInt),
        ("parseFloat", call => ParseFloat(call.Text(0))),
        ("isNaN", call => double.IsNaN(call.Number(0))),
        ("isFinite", call => double.IsFinite(call.Number(0))),
        ("isNullOrEmpty", call => call[0].IsNullish || call.Text(0).Length == 0),
        ("isNullOrWhiteSpace", call => call[0].IsNullish || string.IsNullOrWhiteSpace(call.Text(0))),
        ("stringToBase64", call => Convert.ToBase64String(Encoding.UTF8.GetBytes(call.Text(0)))),
        ("stringFromBase64", FromBase64),
        ("toJson", call => Stringify(call, static node => node?.ToJsonString(Json.Compact) ?? "null")));

    private static readonly Dictionary<string, Function> Statics = Table(
        ("Math.abs", call => Math.Abs(call.Number(0))),
        ("Math.ceil", call => Math.Ceiling(call.Number(0))),
        ("Math.floor", call => Math.Floor(call.Number(0))),
        ("Math.round", call => Round(call.Number(0))),
        ("Math.trunc", call => Math.Truncate(call.Number(0))),
        ("Math.sign", call => call.Number(0) is var number && number > 0 ? 1 : number < 0 ? -1 : number),
        ("Math.sqrt", call => Math.Sqrt(call.Number(0))),
        ("Math.pow", call => Power(call.Number(0), call.Number(1))),
        ("Math.min", call => Fold(call, double.PositiveInfinity, Math.Min)),
        ("Math.max", call => Fold(call, double.NegativeInfinity, Math.Max)),
        ("JSON.parse", Parse),
        ("JSON.stringify", call => call[0].Kind == ValueKind.Undefined ? Value.Undefined : Stringify(call, JsonText.Of)),
        ("Object.keys", call => Members(call, (key, _) => JsonValue.Create(key))),
        ("Object.values", call => Members(call, (_, value) => call.Copied(value))),
        ("Array.isArray", call => call[0].Kind == ValueKind.Node && call[0].Node is JsonArray),
        ("Number.isInteger", call => call[0].Kind == ValueKind.Number && double.IsInteger(call.Number(0))));

    private static readonly Dictionary<string, Func<IExpressionScope, Value>> Instances = new(StringComparer.Ordinal)
    {
        ["getWorkflowInstanceId"] = scope => scope.InstanceId,
        ["getCorrelationId"] = scope => OrNull(scope.CorrelationId),
        ["getWorkflowInstanceName"] = scope => OrNull(scope.InstanceName),
        ["getWorkflowDefinitionId"] = scope => Value.From(scope.Definition["definitionId"]),
        ["getWorkflowDefinitionVersionId"] = scope => Value.From(scope.Definition["id"]),
        ["getWorkflowDefinitionVersion"] = scope => Value.From(scope.Definition["version"]),
    };

    public static Function? Global(string name) => Globals.GetValueOrDefault(name);

    public static Function? Static(string name) => Statics.GetValueOrDefault(name);

    public static Function? Method(string name) => Methods.Find(name);

    public static Func<IExpressionScope, Value>? Instance(string name) => Instances.GetValueOrDefault(name);

    internal static Dictionary<string, Function> Table(params (string Name, Func<Call, Value> Invoke)[] functions) =>
        functions.ToDictionary(entry => entry.Name, entry => new Function(entry.Name[(entry.Name.LastIndexOf('.') + 1)..], entry.Invoke), StringComparer.Ordinal);

    private static Value Fold(Call call, double seed, Func<double, double, double> step)
    {
        for (var index = 0; index < call.Count; index++)
        {
            seed = step(seed, call.Number(index));
        }

        return seed;
    }

    /// <summary>As <c>**</c>: JavaScript knows no power of one to an unknown.</summary>
    public static double Power(double number, double exponent) =>
        double.IsNaN(exponent) || double.IsInfinity(exponent) && Math.Abs(number) == 1 ? double.NaN : Math.Pow(number, exponent);

    /// <summary>Halves go up. Adding a half first would lift what lies just below it.</summary>
    private static double Round(double number)
    {
        var floor = Math.Floor(number);
        return number - floor >= 0.5 ? Math.Ceiling(number) : number is 0 ? number : floor;
    }

    private static Value ParseInt(Call call)
    {
        var text = TrimmedText.Of(call.Text(0));
        var isNegative = text.StartsWith('-');
        if (isNegative || text.StartsWith('+'))
        {
            text = text[1..];
        }

        var radix = call.Whole(1, 0);
        if (radix is 0 or 16 && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            text = text[2..];
            radix = 16;
        }

        radix = radix == 0 ? 10 : radix;
        if (radix is < 2 or > 36)
        {
            return double.NaN;
        }

        var length = NumberText.DigitsOf(text, radix);
        if (length == 0)
        {
            return double.NaN;
        }

        var value = OfDigits(text[..length], radix);
        return isNegative ? -value : value;
    }

    private static double OfDigits(ReadOnlySpan<char> digits, int radix)
    {
        if (radix == 10)
        {
            return double.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        if (System.Numerics.BitOperations.IsPow2(radix))
        {
            return NumberText.OfBits(digits, System.Numerics.BitOperations.Log2((uint)radix));
        }

        var value = 0.0;
        foreach (var digit in digits)
        {
            value = value * radix + NumberText.Digit(digit);
        }

        return value;
    }

    private static Value ParseFloat(string text)
    {
        var number = TrimmedText.Of(text);
        var at = number.StartsWith('-') || number.StartsWith('+') ? 1 : 0;
        if (number[at..].StartsWith("Infinity", StringComparison.Ordinal))
        {
            return number[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        var length = at + NumberText.DigitsOf(number[at..], 10);
        if (length < number.Length && number[length] == '.')
        {
            length += 1 + NumberText.DigitsOf(number[(length + 1)..], 10);
        }

        if (length < number.Length && number[length] is 'e' or 'E')
        {
            var power = length + 1;
            power += power < number.Length && number[power] is '+' or '-' ? 1 : 0;
            var digits = NumberText.DigitsOf(number[power..], 10);
            length = digits > 0 ? power + digits : length;
        }

        return double.TryParse(number[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
    }

    private static Value OrNull(string? text) => text is null ? Value.Null : text;

    private static Value FromBase64(Call call)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(call.Text(0)));
        }
        catch (FormatException)
        {
            throw call.Problem("This is no base 64.");
        }
    }

    private static Value Stringify(Call call, Func<JsonNode?, string> write)
    {
        if (!call[1].IsNullish || !call[2].IsNullish)
        {
            throw call.Problem("Only the value itself can be given here.");
        }

        var node = call[0].ToNode();
        call.RequireSize(node);
        var text = write(node);
        call.ChargeText(text.Length);
        return text;
    }

    private static Value Parse(Call call)
    {
        var text = call.Text(0);
        call.ChargeNewItems(text.AsSpan().Count(',') + text.AsSpan().Count('['));
        try
        {
            var node = JsonNode.Parse(text, documentOptions: Json.DocumentOptions);
            call.RequireSize(node);
            return Value.From(node);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // The latter two stand for half a surrogate pair.
            throw call.Problem($"This is no JSON: {exception.Message}");
        }
    }

    private static Value Members(Call call, Func<string, JsonNode?, JsonNode?> select)
    {
        if (call[0].Kind != ValueKind.Node || call[0].Node is not JsonObject members)
        {
            throw call.Problem("This is no object.");
        }

        call.ChargeNewItems(members.Count);
        return Value.From(new JsonArray([.. members.Select(member => select(member.Key, member.Value))]));
    }
}
