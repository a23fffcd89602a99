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

    public double Number(int index, double missing = double.NaN) => this[index].Kind == ValueKind.Undefined ? missing : this[index].ToNumber();

    /// <summary>A whole number; NaN becomes 0.</summary>
    public int Whole(int index, int missing)
    {
        var value = Number(index, missing);
        return double.IsNaN(value) ? 0 : (int)Math.Clamp(Math.Truncate(value), int.MinValue, int.MaxValue);
    }

    public string Text(int index) => evaluation.TextOf(this[index], start);

    public void ChargeText(long length) => evaluation.ChargeText(length, start);

    public void ChargeItems(int count) => evaluation.ChargeItems(count, start);

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
    // Chinese text stays readable, as JavaScript leaves it.
    private static readonly JsonSerializerOptions ReadableText = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly System.Buffers.SearchValues<char> NumberCharacters = System.Buffers.SearchValues.Create("0123456789+-.eE");

    private static readonly Dictionary<string, Function> Globals = Table(
        ("Number", call => call.Count == 0 ? 0 : call[0].ToNumber()),
        ("String", call => call.Count == 0 ? "" : call.Text(0)),
        ("Boolean", call => call[0].ToBoolean()),
        ("parseInt", ParseInt),
        ("parseFloat", call => ParseFloat(call.Text(0))),
        ("isNaN", call => double.IsNaN(call[0].ToNumber())),
        ("isFinite", call => double.IsFinite(call[0].ToNumber())),
        ("isNullOrEmpty", call => call[0].IsNullish || call.Text(0).Length == 0),
        ("isNullOrWhiteSpace", call => call[0].IsNullish || string.IsNullOrWhiteSpace(call.Text(0))),
        ("stringToBase64", call => Convert.ToBase64String(Encoding.UTF8.GetBytes(call.Text(0)))),
        ("stringFromBase64", FromBase64),
        ("toJson", call => Stringify(call, Json.Compact)));

    private static readonly Dictionary<string, Function> Statics = Table(
        ("Math.abs", call => Math.Abs(call[0].ToNumber())),
        ("Math.ceil", call => Math.Ceiling(call[0].ToNumber())),
        ("Math.floor", call => Math.Floor(call[0].ToNumber())),
        ("Math.round", call => Math.Floor(call[0].ToNumber() + 0.5)),
        ("Math.trunc", call => Math.Truncate(call[0].ToNumber())),
        ("Math.sign", call => double.IsNaN(call[0].ToNumber()) ? double.NaN : Math.Sign(call[0].ToNumber())),
        ("Math.sqrt", call => Math.Sqrt(call[0].ToNumber())),
        ("Math.pow", call => Math.Pow(call[0].ToNumber(), call[1].ToNumber())),
        ("Math.min", call => Fold(call, double.PositiveInfinity, Math.Min)),
        ("Math.max", call => Fold(call, double.NegativeInfinity, Math.Max)),
        ("JSON.parse", Parse),
        ("JSON.stringify", call => call[0].Kind == ValueKind.Undefined ? Value.Undefined : Stringify(call, ReadableText)),
        ("Object.keys", call => Members(call, (key, _) => JsonValue.Create(key))),
        ("Object.values", call => Members(call, (_, value) => Json.Detached(value))),
        ("Array.isArray", call => call[0].Kind == ValueKind.Node && call[0].Node is JsonArray),
        ("Number.isInteger", call => call[0].Kind == ValueKind.Number && double.IsInteger(call[0].ToNumber())));

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
            seed = step(seed, call[index].ToNumber());
        }

        return seed;
    }

    private static Value ParseInt(Call call)
    {
        var text = call.Text(0).Trim();
        var radix = call.Whole(1, 10);
        if (radix is not (10 or 16 or 0))
        {
            throw call.Problem("parseInt knows the radix 10 and 16.");
        }

        var sign = text.StartsWith('-') ? -1 : 1;
        var digits = text.TrimStart('+', '-');
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            (digits, radix) = (digits[2..], 16);
        }

        var value = 0.0;
        var length = 0;
        foreach (var character in digits)
        {
            if (!(radix == 16 ? char.IsAsciiHexDigit(character) : char.IsAsciiDigit(character)))
            {
                break;
            }

            value = value * (radix == 16 ? 16 : 10) + int.Parse(character.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            length++;
        }

        return length == 0 ? double.NaN : sign * value;
    }

    private static Value ParseFloat(string text)
    {
        var trimmed = text.AsSpan().Trim();
        var length = trimmed.IndexOfAnyExcept(NumberCharacters);
        var number = length < 0 ? trimmed : trimmed[..length];
        for (; number.Length > 0; number = number[..^1])
        {
            if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            if (number.Length > 400)
            {
                break;
            }
        }

        return double.NaN;
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

    private static Value Stringify(Call call, JsonSerializerOptions options)
    {
        var node = call[0].ToNode();
        call.RequireSize(node);
        var text = node?.ToJsonString(options) ?? "null";
        call.ChargeText(text.Length);
        return text;
    }

    private static Value Parse(Call call)
    {
        try
        {
            return Value.From(JsonNode.Parse(call.Text(0), documentOptions: Json.DocumentOptions));
        }
        catch (JsonException exception)
        {
            throw call.Problem($"This is no JSON: {exception.Message}");
        }
    }

    private static Value Members(Call call, Func<string, JsonNode?, JsonNode?> select)
    {
        if (call[0].Kind != ValueKind.Node || call[0].Node is not JsonObject members)
        {
            throw call.Problem("This is no object.");
        }

        call.ChargeItems(members.Count);
        return Value.From(new JsonArray([.. members.Select(member => select(member.Key, member.Value))]));
    }
}
