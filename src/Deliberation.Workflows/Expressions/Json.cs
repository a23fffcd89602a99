using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Deliberation.Workflows.Expressions;

/// <summary>How this engine reads and writes JSON.</summary>
internal static class Json
{
    public static JsonDocumentOptions DocumentOptions { get; } = new()
    {
        MaxDepth = 128,
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The same for whoever reads token by token.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new()
    {
        MaxDepth = DocumentOptions.MaxDepth,
        CommentHandling = DocumentOptions.CommentHandling,
        AllowTrailingCommas = DocumentOptions.AllowTrailingCommas,
    };

    /// <summary>For complex inputs, for example a list of records.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>One line; letters of every language as they are.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static double Number(JsonValue value)
    {
        if (value.TryGetValue(out long whole))
        {
            return whole;
        }

        if (value.TryGetValue(out JsonElement element))
        {
            return element.GetDouble();
        }

        if (value.TryGetValue(out int small))
        {
            return small;
        }

        return value.TryGetValue(out double number) ? number : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
    }

    public static string Text(JsonValue value) =>
        value.TryGetValue(out string? text) ? text : value.TryGetValue(out JsonElement element) ? element.GetString()! : value.ToString();

    /// <summary>Gives a node a parent of its own, so that whoever keeps it copies it: constants are shared by all instances.</summary>
    public static JsonNode? Held(JsonNode? node) => node is null || node.Parent is not null ? node : new JsonArray(node)[0];

    /// <summary>A node that may be given a parent: the node itself when it has none, else a copy.</summary>
    public static JsonNode? Detached(JsonNode? node) => node?.Parent is null ? node : node.DeepClone();
}
