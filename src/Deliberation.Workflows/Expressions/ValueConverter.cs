using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Workflows.Expressions;

/// <summary>Turns JSON into what an input wants, as lenient as Elsa: a text may stand for a number, a span or a list.</summary>
internal static class ValueConverter
{
    /// <returns>The default of <typeparamref name="T"/> for null, and for an empty text unless a text is wanted.</returns>
    /// <exception cref="ExpressionException">The value cannot become one.</exception>
    public static T? Convert<T>(JsonNode? node) => Convert(node, typeof(T)) is T value ? value : default;

    /// <summary>As Elsa converts: what is no number, truth or time becomes the default of the type.</summary>
    /// <exception cref="ExpressionException">A number too large, or JSON that is no such object.</exception>
    public static T? ConvertOrDefault<T>(JsonNode? node)
    {
        try
        {
            return Convert<T>(node);
        }
        catch (ExpressionException problem) when (problem.IsUnfit && HasDefault(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)))
        {
            return Nullable.GetUnderlyingType(typeof(T)) is { } inner ? (T)Activator.CreateInstance(inner)! : default;
        }
    }

    /// <summary>A value as its declared type would hold it; the value itself when it does not fit or the type is open.</summary>
    public static JsonNode? Coerce(JsonNode? node, string? typeName, bool isArray) => Coerce(node, typeName, isArray, false);

    /// <summary>A value as a variable holds it: what does not fit becomes the default of the type, a blank text nothing.</summary>
    public static JsonNode? CoerceOrDefault(JsonNode? node, string? typeName, bool isArray) => Coerce(node, typeName, isArray, true);

    private static JsonNode? Coerce(JsonNode? node, string? typeName, bool isArray, bool orDefault)
    {
        if (isArray || typeName is not null && (typeName.EndsWith("[]", StringComparison.Ordinal) || typeName.Contains('<', StringComparison.Ordinal)))
        {
            return node is JsonValue ? CoerceList(node, typeName, orDefault) : node;
        }

        switch (typeName)
        {
            case "Int16" or "Int32" or "Int64" when node is JsonValue whole && whole.TryGetValue(out long _):
            case "String" when node is JsonValue text && text.TryGetValue(out string? _):
            case "Single" or "Double" or "Decimal" when node is JsonValue number && number.GetValueKind() == JsonValueKind.Number:
            case null or "Object":
                return node;
            case "Int16" or "Int32" or "Int64" or "Single" or "Double" or "Decimal" or "Boolean" when orDefault && IsBlank(node):
                return null;
            case "Int16" or "Int32" or "Int64" when node is JsonValue:
                return TryConvert<long>(node, out var rounded) || orDefault ? JsonValue.Create(rounded) : node;
            case "Single" or "Double" or "Decimal" when node is JsonValue:
                return TryConvert<decimal>(node, out var fraction) || orDefault ? JsonValue.Create(fraction) : node;
            case "Boolean" when node is not null:
                return TryConvert<bool>(node, out var truth) || orDefault ? JsonValue.Create(truth) : node;
            case "String" when node is not null:
                return JsonValue.Create(TextOf(node));
            case "JSON" or "JsonElement" or "JsonNode" or "JsonObject" or "JsonArray" or "ObjectDictionary" or "StringDictionary" or "ObjectMap" or "StringMap" when TryParse(node, out var parsed):
                return parsed;
            default:
                return node;
        }
    }

    /// <summary>A text that is a list in JSON; in Elsa another text is a list of one where texts are wanted.</summary>
    private static JsonNode? CoerceList(JsonNode node, string? typeName, bool orDefault) =>
        TryParse(node, out var list) && list is JsonArray ? list
        : !orDefault ? node
        : IsBlank(node) ? null
        : typeName?.Contains("String", StringComparison.Ordinal) == true && node.GetValueKind() == JsonValueKind.String ? new JsonArray(Json.Detached(node))
        : node;

    /// <summary>As .NET writes it, which Elsa does when a text is wanted: <c>True</c> and not <c>true</c>; lists and objects as JSON.</summary>
    private static string TextOf(JsonNode node) => node switch
    {
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => Json.Text(value),
            JsonValueKind.True => bool.TrueString,
            JsonValueKind.False => bool.FalseString,
            JsonValueKind.Number when value.TryGetValue(out long whole) => whole.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Number => Json.Number(value).ToString(CultureInfo.InvariantCulture),
            _ => "",
        },
        _ => node.ToJsonString(Json.Compact),
    };

    private static bool IsBlank(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && string.IsNullOrWhiteSpace(text);

    private static bool HasDefault(Type type) => type.IsPrimitive || type == typeof(decimal) || type == typeof(TimeSpan) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(Guid);

    private static object? Convert(JsonNode? node, Type type)
    {
        if (node is null || type == typeof(JsonNode) || type == typeof(object))
        {
            return node;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(string))
        {
            return TextOf(node);
        }

        if (node is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String)
        {
            return FromText(Json.Text(scalar), target);
        }

        if (node is JsonValue number && number.GetValueKind() == JsonValueKind.Number && FromNumber(number, target) is { } converted)
        {
            return converted;
        }

        if (node is JsonValue truth && truth.TryGetValue(out bool holds) && target != typeof(bool) && FromNumber(JsonValue.Create(holds ? 1 : 0), target) is { } figure)
        {
            return figure;
        }

        if (target.IsInstanceOfType(node))
        {
            return node;
        }

        return Deserialized(node, target);
    }

    private static object? FromText(string text, Type target)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = text.Trim();
        object? value = target switch
        {
            _ when target == typeof(bool) => bool.TryParse(trimmed, out var truth) ? truth : null,
            _ when target == typeof(int) => Whole(trimmed, target, int.MinValue, int.MaxValue) is { } number ? (int)number : null,
            _ when target == typeof(long) => Whole(trimmed, target, long.MinValue, long.MaxValue) is { } number ? (long)number : null,
            _ when target == typeof(short) => Whole(trimmed, target, short.MinValue, short.MaxValue) is { } number ? (short)number : null,
            _ when target == typeof(decimal) => decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when target == typeof(double) => double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when target == typeof(float) => float.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when target == typeof(TimeSpan) => Span(trimmed),
            _ when target == typeof(DateTimeOffset) => Instant(trimmed),
            _ when target == typeof(DateTime) => Instant(trimmed)?.UtcDateTime,
            _ when target == typeof(DateOnly) => DateOnly.TryParse(trimmed, CultureInfo.InvariantCulture, out var day) ? day : Instant(trimmed) is { } at ? DateOnly.FromDateTime(at.DateTime) : null,
            _ when target == typeof(TimeOnly) => TimeOnly.TryParse(trimmed, CultureInfo.InvariantCulture, out var time) ? time : null,
            _ when target == typeof(Guid) => Guid.TryParse(trimmed, out var id) ? id : null,
            _ when target.IsEnum => Enum.TryParse(target, trimmed, ignoreCase: true, out var member) ? member : null,
            _ => FromJsonText(trimmed, target),
        };
        return value ?? throw Unfit(text, target);
    }

    /// <summary>Digits only: <c>2.7</c> is no whole number.</summary>
    private static decimal? Whole(string text, Type target, decimal least, decimal most) =>
        !decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? null
        : number >= least && number <= most ? number
        : throw TooLarge(text, target);

    private static object? FromJsonText(string text, Type target)
    {
        if (text[0] is '[' or '{')
        {
            try
            {
                return Convert(JsonNode.Parse(text, documentOptions: Json.DocumentOptions), target);
            }
            catch (JsonException)
            {
                throw Unfit(text, target);
            }
        }

        // One text where a list is wanted is a list of one.
        return target != typeof(JsonObject) && target != typeof(JsonArray) && typeof(System.Collections.IEnumerable).IsAssignableFrom(target)
            ? Deserialized(new JsonArray(JsonValue.Create(text)), target)
            : target == typeof(JsonArray) ? new JsonArray(JsonValue.Create(text))
            : Deserialized(JsonValue.Create(text), target);
    }

    private static object? FromNumber(JsonValue value, Type target)
    {
        var number = Json.Number(value);
        var rounded = Math.Round(number, MidpointRounding.ToEven);
        return target switch
        {
            _ when target == typeof(bool) => number != 0,
            _ when target == typeof(double) => number,
            _ when target == typeof(float) => (float)number,
            _ when target == typeof(int) => rounded is >= int.MinValue and <= int.MaxValue ? (int)rounded : throw TooLarge(value.ToJsonString(), target),
            _ when target == typeof(long) => value.TryGetValue(out long whole) ? whole : rounded is >= long.MinValue and < long.MaxValue ? (long)rounded : throw TooLarge(value.ToJsonString(), target),
            _ when target == typeof(short) => rounded is >= short.MinValue and <= short.MaxValue ? (short)rounded : throw TooLarge(value.ToJsonString(), target),
            _ when target == typeof(decimal) => decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : throw Unfit(value.ToJsonString(), target),
            _ when target.IsEnum => Enum.IsDefined(target, (int)number) ? Enum.ToObject(target, (int)number) : throw Unfit(value.ToJsonString(), target),
            _ => null,
        };
    }

    /// <summary><c>[-][d.]hh:mm[:ss[.fff]]</c> or ISO 8601. Elsa reads 72:00:00 as 72 days; here more than 23 hours are refused with a hint.</summary>
    private static TimeSpan? Span(string text)
    {
        if (text.StartsWith('P') || text.StartsWith("-P", StringComparison.Ordinal))
        {
            try
            {
                return System.Xml.XmlConvert.ToTimeSpan(text);
            }
            catch (FormatException)
            {
                return null;
            }
        }

        if (!text.Contains('.', StringComparison.Ordinal) && text.Split(':') is { Length: 3 } parts
            && int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hours) && Math.Abs(hours) > 23)
        {
            throw new ExpressionException($"'{text}' is ambiguous; write days as 'd.hh:mm:ss', for example '{hours / 24}.{hours % 24:00}:{parts[1]}:{parts[2]}'.");
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
    }

    private static DateTimeOffset? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static object? Deserialized(JsonNode node, Type target)
    {
        try
        {
            return node.Deserialize(target, Json.SerializerOptions);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw Unfit(node.ToJsonString(), target);
        }
    }

    private static bool TryConvert<T>(JsonNode node, out T value)
        where T : struct
    {
        try
        {
            value = Convert<T?>(node) ?? default;
            return true;
        }
        catch (ExpressionException)
        {
            value = default;
            return false;
        }
    }

    private static bool TryParse(JsonNode? node, out JsonNode? parsed)
    {
        parsed = null;
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            parsed = JsonNode.Parse(Json.Text(value), documentOptions: Json.DocumentOptions);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ExpressionException TooLarge(string text, Type target) => new(Unfit(text, target).Message);

    private static ExpressionException Unfit(string text, Type target) =>
        new($"'{(text.Length > 80 ? text[..80] + "…" : text)}' is no {(target.IsEnum ? target.Name + " (" + string.Join(", ", Enum.GetNames(target)) + ")" : TypeAliases.Of(target) is var alias && alias == "Object" ? target.Name : alias)}.")
        {
            IsUnfit = true,
        };
}
