using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

/// <summary>JSON as <c>JSON.stringify</c> writes it: numbers as scripts write them, Chinese text readable, half a surrogate pair as an escape.</summary>
internal static class JsonText
{
    public static string Of(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                var isFirst = true;
                text.Append('{');
                foreach (var (key, member) in members)
                {
                    text.Append(isFirst ? "" : ",");
                    isFirst = false;
                    Write(key, text);
                    text.Append(':');
                    Write(member, text);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (var index = 0; index < items.Count; index++)
                {
                    text.Append(index == 0 ? "" : ",");
                    Write(items[index], text);
                }

                text.Append(']');
                break;
            default:
                var value = Value.From(node);
                if (value.Kind == ValueKind.String)
                {
                    Write(value.Text, text);
                }
                else
                {
                    text.Append(value.Kind == ValueKind.Number && !double.IsFinite(value.ToNumber()) ? "null" : value.ToText());
                }

                break;
        }
    }

    private static void Write(string value, StringBuilder text)
    {
        text.Append('"');
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            var isPair = index + 1 < value.Length && char.IsSurrogatePair(character, value[index + 1]);
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when isPair => text.Append(character).Append(value[++index]),
                < ' ' or (>= '\uD800' and <= '\uDFFF') => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }
}
