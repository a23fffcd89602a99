using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Verify;

/// <summary>A checkpoint before it is written.</summary>
/// <param name="Note">Null = made from the leaves; else as it stands here.</param>
internal sealed record TestCheckpoint(int Size, string At, string? Note = null);

/// <summary>A ledger and its ballots, and the bundle that a test writes of them: a small writer of its own, from the format's contract.</summary>
internal sealed class TestLedger(Random random)
{
    private const string Origin = "deliberation/TEST";

    private readonly List<(TestKey Key, int From, int? Until)> _keys = [];
    private int _minute;

    /// <summary>Bodies of the leaves.</summary>
    public List<string> Bodies { get; private init; } = [];

    public List<TestCheckpoint> Checkpoints { get; private init; } = [];

    public List<TestBallot> Ballots { get; private init; } = [];

    /// <summary>Files of the ballots, by name.</summary>
    public SortedDictionary<string, byte[]> Files { get; private init; } = new(StringComparer.Ordinal);

    public List<string> Receipts { get; private init; } = [];

    public TestKey LogKey => _keys.Last(k => k.Key.Role == "Log").Key;

    /// <summary>A ledger that can be changed without touching this one.</summary>
    public TestLedger Copy()
    {
        var copy = new TestLedger(random)
        {
            Bodies = [.. Bodies],
            Checkpoints = [.. Checkpoints],
            Ballots = [.. Ballots],
            Files = new(Files, StringComparer.Ordinal),
            Receipts = [.. Receipts],
        };
        copy._keys.AddRange(_keys);
        return copy;
    }

    public void AddKey(TestKey key)
    {
        _keys.Add((key, Bodies.Count, null));
        Bodies.Add(key.Body("Added"));
    }

    public void RemoveKey(TestKey key)
    {
        var at = _keys.FindIndex(k => k.Key == key);
        _keys[at] = _keys[at] with { Until = Bodies.Count };
        Bodies.Add(key.Body("Removed"));
    }

    public void Checkpoint() => Checkpoints.Add(new(Bodies.Count, string.Create(CultureInfo.InvariantCulture, $"2026-11-01T{_minute / 60:00}:{_minute++ % 60:00}:00Z")));

    /// <summary>The root of the first leaves.</summary>
    public byte[] Root(int size) => TestTree.Root(Bodies.Take(size).Select(b => TestTree.Leaf(Encoding.UTF8.GetBytes(b))).ToArray());

    public static string Text(int size, byte[] root) => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{size}\n{Convert.ToBase64String(root)}\n");

    /// <summary>A signed note by everybody whose key is in use at that size.</summary>
    public string Note(int size, byte[] root)
    {
        var text = Text(size, root);
        return text + "\n" + string.Concat(_keys.Where(k => k.From < size && !(k.Until < size)).Select(k => k.Key.Sign(text)));
    }

    /// <summary>The whole bundle.</summary>
    public SortedDictionary<string, byte[]> Write(bool isPublic = false)
    {
        var files = new SortedDictionary<string, byte[]>(Files, StringComparer.Ordinal)
        {
            ["log.txt"] = Utf8(string.Concat(Bodies.Select(b => $"{Convert.ToHexStringLower(TestTree.Leaf(Utf8(b)))} {b}\n"))),
            ["checkpoints.jsonl"] = Utf8(string.Concat(Checkpoints.Select(c => Line(c)))),
        };
        files["bundle.json"] = TestBallot.Json(new JsonObject
        {
            ["format"] = "deliberation-bundle/1",
            ["origin"] = Origin,
            ["size"] = Bodies.Count,
            ["ballots"] = new JsonArray([.. Ballots.Select(b => (JsonNode)new JsonObject { ["id"] = b.Id.ToString(), ["secrecy"] = b.IsSecret ? "Secret" : "Named" })]),
            ["keys"] = new JsonArray([.. _keys.Select(k => (JsonNode)new JsonObject { ["name"] = k.Key.Name, ["role"] = k.Key.Role, ["key"] = Convert.ToBase64String(k.Key.Spki) })]),
        });
        if (Receipts.Count > 0) files["receipts.txt"] = Utf8(string.Concat(Receipts.Select(r => r + "\n")));
        foreach (var name in files.Keys.Where(n => isPublic && (n.EndsWith("/roll.jsonl", StringComparison.Ordinal) || n.EndsWith("/openings.jsonl", StringComparison.Ordinal))).ToList()) files.Remove(name);
        return files;
    }

    public static void Save(SortedDictionary<string, byte[]> files, string folder)
    {
        foreach (var (name, bytes) in files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
    }

    public static void SaveZip(SortedDictionary<string, byte[]> files, string path, string folder = "")
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in files)
        {
            using var stream = zip.CreateEntry(folder + name, CompressionLevel.SmallestSize).Open();
            stream.Write(bytes);
        }
    }

    /// <summary>The largest checkpoint that does not cover the leaf: its interval begins there.</summary>
    public int IntervalOf(int index) => Checkpoints.Select(c => c.Size).Where(size => size <= index).DefaultIfEmpty(0).Max();

    private string Line(TestCheckpoint checkpoint) => new JsonObject
    {
        ["at"] = checkpoint.At,
        ["note"] = checkpoint.Note ?? Note(checkpoint.Size, Root(checkpoint.Size)),
    }.ToJsonString() + "\n";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
