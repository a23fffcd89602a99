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

    /// <summary>A value as its declared type would hold it; the value itself when it does not fit or the type is open.</summary>
    public static JsonNode? Coerce(JsonNode? node, string? typeName, bool isArray)
    {
        if (isArray || typeName is not null && (typeName.EndsWith("[]", StringComparison.Ordinal) || typeName.Contains('<', StringComparison.Ordinal)))
        {
            return node is JsonValue && TryParse(node, out var array) && array is JsonArray ? array : node;
        }

        switch (typeName)
        {
            case "Int16" or "Int32" or "Int64" when node is JsonValue whole && whole.TryGetValue(out long _):
            case "String" when node is JsonValue text && text.TryGetValue(out string? _):
            case null or "Object":
                return node;
            case "Int16" or "Int32" or "Int64" when node is JsonValue && TryConvert<decimal>(node, out var rounded) && rounded is >= long.MinValue and <= long.MaxValue:
                return JsonValue.Create((long)Math.Round(rounded, MidpointRounding.ToEven));
            case "Single" or "Double" or "Decimal" when node is JsonValue && TryConvert<decimal>(node, out var number):
                return JsonValue.Create(number);
            case "Boolean" when node is JsonValue && TryConvert<bool>(node, out var truth):
                return JsonValue.Create(truth);
            case "String" when node is JsonValue value && value.GetValueKind() != JsonValueKind.String:
                return JsonValue.Create(Value.From(node).ToText());
            case "JSON" or "JsonElement" or "JsonNode" or "JsonObject" or "JsonArray" or "ObjectDictionary" or "StringDictionary" or "ObjectMap" or "StringMap" when TryParse(node, out var parsed):
                return parsed;
            default:
                return node;
        }
    }

    private static object? Convert(JsonNode? node, Type type)
    {
        if (node is null || type == typeof(JsonNode) || type == typeof(object))
        {
            return node;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(string))
        {
            return node is JsonValue value ? Value.From(value).ToText() : node.ToJsonString();
        }

        if (node is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String)
        {
            return FromText(Json.Text(scalar), target);
        }

        if (node is JsonValue number && number.GetValueKind() == JsonValueKind.Number && FromNumber(number, target) is { } converted)
        {
            return converted;
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
            _ when target == typeof(int) => decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null,
            _ when target == typeof(long) => decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= long.MinValue and <= long.MaxValue ? (long)number : null,
            _ when target == typeof(short) => short.TryParse(trimmed, CultureInfo.InvariantCulture, out var number) ? number : null,
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
        return target switch
        {
            _ when target == typeof(bool) => number != 0,
            _ when target == typeof(double) => number,
            _ when target == typeof(float) => (float)number,
            _ when target == typeof(int) => number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Unfit(value.ToJsonString(), target),
            _ when target == typeof(long) => value.TryGetValue(out long whole) ? whole : number is >= long.MinValue and < long.MaxValue ? (long)number : throw Unfit(value.ToJsonString(), target),
            _ when target == typeof(short) => number is >= short.MinValue and <= short.MaxValue ? (short)number : throw Unfit(value.ToJsonString(), target),
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

    private static ExpressionException Unfit(string text, Type target) =>
        new($"'{(text.Length > 80 ? text[..80] + "…" : text)}' is no {(target.IsEnum ? target.Name + " (" + string.Join(", ", Enum.GetNames(target)) + ")" : TypeAliases.Of(target) is var alias && alias == "Object" ? target.Name : alias)}.");
}
