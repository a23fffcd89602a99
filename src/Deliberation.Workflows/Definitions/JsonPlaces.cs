using System.Text;
using System.Text.Json;

namespace Deliberation.Workflows.Definitions;

/// <summary>Line and column of every value of a JSON text, by path.</summary>
internal sealed class JsonPlaces
{
    private readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);
    private readonly byte[] bytes;

    public JsonPlaces(string json)
    {
        bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 128, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (reader.Read())
        {
            Visit(ref reader, "$");
        }
    }

    /// <summary>1-based; of the nearest place above when the path itself is not in the text.</summary>
    public (int Line, int Column) Of(string path)
    {
        while (true)
        {
            if (offsets.TryGetValue(path, out var offset))
            {
                return At(offset);
            }

            var cut = path.LastIndexOfAny(['.', '[']);
            if (cut <= 0)
            {
                return (1, 1);
            }

            path = path[..cut];
        }
    }

    private void Visit(ref Utf8JsonReader reader, string path)
    {
        offsets[path] = reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                Visit(ref reader, $"{path}.{name}");
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                Visit(ref reader, $"{path}[{index}]");
            }
        }
    }

    private (int Line, int Column) At(long offset)
    {
        var before = bytes.AsSpan(0, (int)offset);
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
