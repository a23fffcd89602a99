using System.Text;
using System.Text.Json;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Definitions;

/// <summary>Line and column of the members and objects of a JSON text, by path; numbers and texts in a list have the place of their list.</summary>
internal sealed class JsonPlaces
{
    private readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);
    private readonly byte[] bytes;
    private readonly List<int> lineStarts = [0];

    public JsonPlaces(string json)
    {
        bytes = Encoding.UTF8.GetBytes(json);
        for (var at = bytes.AsSpan().IndexOf((byte)'\n'); at >= 0;)
        {
            lineStarts.Add(at + 1);
            var next = bytes.AsSpan(at + 1).IndexOf((byte)'\n');
            at = next < 0 ? -1 : at + 1 + next;
        }

        var reader = new Utf8JsonReader(bytes, Json.ReaderOptions);
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
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    Visit(ref reader, $"{path}[{index}]");
                }
            }
        }
    }

    private (int Line, int Column) At(long offset)
    {
        var found = lineStarts.BinarySearch((int)offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, Encoding.UTF8.GetCharCount(bytes.AsSpan(lineStarts[line]..(int)offset)) + 1);
    }
}
