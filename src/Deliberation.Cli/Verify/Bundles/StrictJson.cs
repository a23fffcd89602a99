using System.Text.Json;
using System.Text.Unicode;

namespace Deliberation.Cli.Verify.Bundles;

/// <summary>JSON read strictly: valid UTF-8, no key twice, nothing after the end. What is wrong is told with its place.</summary>
internal sealed class StrictJson : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonDocument _document;

    private StrictJson(JsonDocument document, string place)
    {
        _document = document;
        Root = new Fields(document.RootElement, place);
    }

    public Fields Root { get; }

    public static StrictJson Parse(ReadOnlyMemory<byte> utf8, string place)
    {
        if (!Utf8.IsValid(utf8.Span)) throw new BundleException($"{place} is not valid UTF-8.");
        try
        {
            return new StrictJson(JsonDocument.Parse(utf8, Options), place);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new BundleException($"{place} is not JSON that can be read: a key stands twice, or its form is broken.");
        }
    }

    public void Dispose() => _document.Dispose();
}

/// <summary>What a field holds.</summary>
internal enum FieldKind
{
    Text,
    Number,
    Flag,
    Object,
    Texts,
    TextLists,
}

/// <summary>An object of the bundle; every field is asked for with its type.</summary>
internal readonly struct Fields
{
    private readonly JsonElement _element;
    private readonly string _place;

    public Fields(JsonElement element, string place)
    {
        if (element.ValueKind is not JsonValueKind.Object) throw new BundleException($"{place} is not a JSON object.");
        (_element, _place) = (element, place);
    }

    public bool Has(string name) => _element.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    public string Text(string name) => TextOf(Get(name), name);

    public string? TextOrNull(string name) => Has(name) ? Text(name) : null;

    public long Number(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw Wrong(name, "a whole number");

    public long? NumberOrNull(string name) => Has(name) ? Number(name) : null;

    public bool Flag(string name, bool otherwise) => !Has(name) ? otherwise : Get(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A number that may be written as a whole double.</summary>
    public long Whole(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var number) && number == decimal.Truncate(number) && Math.Abs(number) < 1e15m
            ? (long)number
            : throw Wrong(name, "a whole number");

    /// <summary>Names and kinds of all fields; those that are null are left out.</summary>
    public IReadOnlyList<(string Name, FieldKind Kind)> Kinds()
    {
        var self = this;
        return [.. _element.EnumerateObject().Where(p => p.Value.ValueKind is not JsonValueKind.Null).Select(p => (p.Name, self.KindOf(p.Name, p.Value)))];
    }

    public Fields Object(string name) => new(Get(name), $"{name} of {_place}");

    public IReadOnlyList<Fields> Objects(string name)
    {
        var place = $"{name} of {_place}";
        return [.. List(name).Select(item => new Fields(item, place))];
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var (self, list) = (this, List(name));
        return [.. list.Select(item => self.TextOf(item, name))];
    }

    public IReadOnlyList<IReadOnlyList<string>> TextLists(string name)
    {
        var self = this;
        return [.. List(name).Select(tier => (IReadOnlyList<string>)(tier.ValueKind is JsonValueKind.Array
            ? [.. tier.EnumerateArray().Select(item => self.TextOf(item, name))]
            : throw self.Wrong(name, "a list of lists")))];
    }

    /// <summary>A field as it stands, for values of several types.</summary>
    public string Raw(string name) => Get(name).GetRawText();

    /// <summary>Bytes in lowercase hex.</summary>
    public byte[] Hex(string name, int length)
    {
        var text = Text(name);
        var bytes = new byte[length];
        if (text.Length != 2 * length || text.Any(c => c is >= 'A' and <= 'F')
            || Convert.FromHexString(text, bytes, out _, out _) is not System.Buffers.OperationStatus.Done) throw Wrong(name, $"{length} bytes in lowercase hex");
        return bytes;
    }

    public Guid Id(string name) => IdOrNull(Text(name)) ?? throw Wrong(name, "an id");

    /// <summary>A dashed lowercase UUID; null when the text is none.</summary>
    public static Guid? IdOrNull(string text) =>
        Guid.TryParseExact(text, "D", out var id) && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or '-') ? id : null;

    private FieldKind KindOf(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FieldKind.Text,
        JsonValueKind.Number => FieldKind.Number,
        JsonValueKind.True or JsonValueKind.False => FieldKind.Flag,
        JsonValueKind.Object => FieldKind.Object,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String) => FieldKind.Texts,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.Array) => FieldKind.TextLists,
        _ => throw Wrong(name, "of a kind that a rule has"),
    };

    private JsonElement.ArrayEnumerator List(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Wrong(name, "a list");

    private JsonElement Get(string name) =>
        _element.TryGetProperty(name, out var value) ? value : throw new BundleException($"{_place} has no \"{name}\".");

    private string TextOf(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a text");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "a text in Unicode"); // half of a surrogate pair
        }
    }

    private BundleException Wrong(string name, string expected) => new($"\"{name}\" of {_place} is not {expected}.");
}
