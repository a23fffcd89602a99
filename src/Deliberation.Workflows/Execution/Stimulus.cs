using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Execution;

/// <summary>How an event finds the bookmarks that wait for it.</summary>
public static class Stimulus
{
    /// <summary>Name of the bookmarks of <c>Elsa.Event</c>.</summary>
    public const string EventBookmark = "Elsa.Event";

    /// <summary>Lower-case hex SHA-256 of a bookmark name and its payload; the order of members does not count.</summary>
    public static string Hash(string name, JsonNode? payload)
    {
        var text = new StringBuilder(name).Append('\n');
        Write(payload, text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The hash of the bookmarks that wait for a named event.</summary>
    public static string OfEvent(string eventName) => Hash(EventBookmark, EventPayload(eventName));

    internal static JsonObject EventPayload(string eventName) => new() { ["eventName"] = eventName };

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach (var (key, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(JsonValue.Create(key).ToJsonString()).Append(':');
                    Write(value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                foreach (var item in items)
                {
                    Write(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}
