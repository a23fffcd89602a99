using System.Globalization;
using System.Text;
using Deliberation.Cli.Verify.Bundles;

namespace Deliberation.Cli.Verify.Log;

/// <summary>
/// The checkpoints of a bundle against its log. Every root is worked out from the same leaves, so two checkpoints whose roots are right
/// are consistent with each other, whichever two they are.
/// </summary>
internal sealed class CheckpointList(Checks checks, Findings findings, string origin)
{
    public const string Name = "checkpoints.jsonl";
    private const int MostLineBytes = 64 << 10;
    private const int Most = 500_000;

    private readonly List<SignedNote> _notes = [];
    private readonly List<SignedNote> _kept = [];
    private readonly Dictionary<long, List<Hash32>> _roots = [];
    private long[] _sizes = [];
    private int _next;
    private long _lastGood;

    /// <summary>Size of the last; 0 when there is none.</summary>
    public long LastSize => _notes.Count == 0 ? 0 : _notes[^1].Size;

    public int Count => _notes.Count;

    public Hash32? LastRoot => _notes.Count == 0 ? null : _notes[^1].Root;

    public void Read(BundleFiles files)
    {
        using var lines = new LineReader(files.OpenFile(Name), Name, MostLineBytes);
        var wrong = new List<(string Sentence, long Size)>(); // told when all sizes are known
        DateTime? before = null;
        while (lines.TryRead(out var line))
        {
            if (_notes.Count == Most) throw new BundleException($"{Name} has more than {Most:N0} lines.");
            var place = $"Line {lines.Number} of {Name}";
            using var json = StrictJson.Parse(line, place);
            if (SignedNote.TryRead(json.Root.Text("note")) is not { } note)
            {
                findings.Add(checks.Checkpoints, $"{place} is not a signed note of a checkpoint.", LastSize);
                if (findings.IsFull) break;
                continue;
            }

            var at = InstantOrNull(json.Root.Text("at"));
            if (at is null) wrong.Add(($"{place} has no instant.", note.Size));
            if (note.Origin != origin) wrong.Add(($"{place} is of another log: {Shown(note.Origin)}.", note.Size));
            if (note.Size < LastSize || at < before) wrong.Add(($"{place} is older than the line before it.", note.Size));
            before = at;
            _notes.Add(note);
        }

        if (_notes.Count == 0) findings.Add(checks.Checkpoints, $"{Name} is empty: nothing fixes the log.", 0);
        checks.Checkpoints.Say($"{_notes.Count:N0} checkpoints");
        Prepare(_notes);
        foreach (var (sentence, size) in wrong) findings.Add(checks.Checkpoints, sentence, Start(size));
    }

    /// <summary>A checkpoint that somebody kept, from paper or an earlier bundle: the log must still have grown out of it.</summary>
    public void Keep(string path)
    {
        if (new FileInfo(path).Length > MostLineBytes) throw new BundleException("The kept checkpoint is too large.");
        var note = SignedNote.TryRead(File.ReadAllText(path, Encoding.UTF8)) ?? throw new BundleException("The kept checkpoint is not a signed note.");
        if (note.Origin != origin) throw new BundleException($"The kept checkpoint is of another log: {Shown(note.Origin)}.");
        _kept.Add(note);
        Prepare(_kept);
    }

    /// <summary>The log has grown to this size: compares the roots that checkpoints name for it.</summary>
    /// <param name="told">Over the hashes as written.</param>
    /// <param name="right">Over the hashes as they must be, when they differ.</param>
    public void Reach(long size, LogTree told, LogTree? right)
    {
        if (_next == _sizes.Length || _sizes[_next] != size) return;
        _next++;
        var (root, other) = (told.Root(), right?.Root());
        if (_roots[size].TrueForAll(named => named == root || named == other))
        {
            _lastGood = size;
            return;
        }

        findings.Add(
            checks.Roots, $"The checkpoint of {size} leaves has another root than the log: something from leaf {_lastGood} on was changed.", _lastGood, Blame.Interval, size);
        checks.Consistency.Fail(_roots[size].Distinct().Count() > 1
            ? $"Two checkpoints of {size} leaves tell different histories."
            : $"The checkpoint of {size} leaves does not grow out of the one of {_lastGood}.");
    }

    public void End(long size)
    {
        if (_next < _sizes.Length)
        {
            findings.Add(
                checks.Coverage, $"The log has {size} leaves, a checkpoint has {_sizes[^1]}: leaves are missing, from leaf {_lastGood} on.", _lastGood, Blame.Interval, long.MaxValue);
            checks.Consistency.Fail($"The log is shorter than a checkpoint of {_sizes[^1]} leaves.");
        }
        else if (LastSize < size)
        {
            findings.Add(checks.Coverage, $"The last checkpoint covers {LastSize} of {size} leaves.", LastSize);
        }

        checks.Coverage.Say($"the last checkpoint covers {size:N0} leaves");
        checks.Roots.Say($"{_notes.Count + _kept.Count:N0} roots");
        checks.Consistency.Say($"{(long)_notes.Count * (_notes.Count - 1) / 2:N0} pairs");
    }

    public void CheckSignatures(IReadOnlyList<LogKey> keys)
    {
        var byId = keys.ToLookup(key => Convert.ToHexString(key.Id) + key.Name, StringComparer.Ordinal);
        var (cosignatures, strangers) = (0, 0);
        foreach (var note in _notes.Concat(_kept))
        {
            var isSigned = false;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var line in note.Signatures)
            {
                var candidates = byId[Convert.ToHexString(line.KeyId) + line.Name].Where(key => key.IsValidAt(note.Size)).ToList();
                if (candidates.Count == 0)
                {
                    strangers++;
                    continue;
                }

                var isRight = candidates.Exists(key => key.Signed(note.Text, line.Signature));
                if (candidates[0].IsLog) isSigned |= isRight;
                else if (isRight) cosignatures += names.Add(line.Name) ? 1 : 0;
                else findings.Add(checks.Cosignatures, $"The checkpoint of {note.Size} leaves carries a false cosignature of {Shown(line.Name)}.", Start(note.Size));
            }

            if (!isSigned) findings.Add(checks.Signatures, $"The checkpoint of {note.Size} leaves is not signed by a key of the log.", Start(note.Size));
        }

        checks.Signatures.Say($"{_notes.Count + _kept.Count:N0} signatures of the log");
        checks.Cosignatures.Say(cosignatures == 0
            ? "no witness has signed: the log proves itself only to those who kept an older checkpoint"
            : $"{cosignatures:N0} cosignatures of {keys.Where(k => !k.IsLog).Select(k => k.Name).Distinct().Count():N0} witnesses");
        if (strangers > 0) checks.Cosignatures.Say($"{checks.Cosignatures.Detail}; {strangers:N0} lines by keys that the log does not name");
    }

    private void Prepare(List<SignedNote> notes)
    {
        foreach (var note in notes)
        {
            if (!_roots.TryGetValue(note.Size, out var roots)) _roots[note.Size] = roots = [];
            roots.Add(note.Root);
        }

        _sizes = [.. _roots.Keys.Order()];
    }

    /// <summary>The first leaf that a checkpoint of this size adds to the smaller ones.</summary>
    private long Start(long size)
    {
        var at = Array.BinarySearch(_sizes, size);
        at = at < 0 ? ~at : at;
        return at == 0 ? 0 : _sizes[at - 1];
    }

    private static DateTime? InstantOrNull(string text) => DateTime.TryParseExact(
        text, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static string Shown(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
