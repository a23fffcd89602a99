using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Deliberation.Cli.Verify.Log;

/// <summary>A checkpoint as C2SP's signed note: text, a blank line, signatures.</summary>
/// <param name="Text">What is signed: the note up to and including the last newline before the blank line.</param>
internal sealed record SignedNote(string Origin, long Size, Hash32 Root, byte[] Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const int MostSignatures = 100;

    /// <summary>Null when it has not the form.</summary>
    public static SignedNote? TryRead(string note)
    {
        var gap = note.IndexOf("\n\n", StringComparison.Ordinal);
        if (gap < 0 || !note.EndsWith('\n')) return null;
        var text = note[..(gap + 1)];
        if (text.Split('\n') is not [var origin, var sizeText, var rootText, ""]) return null;
        if (!long.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != sizeText) return null;
        var root = new byte[Hash32.Size + 1];
        if (rootText.Length != 44 || !Convert.TryFromBase64String(rootText, root, out var length) || length != Hash32.Size
            || Convert.ToBase64String(root.AsSpan(0, length)) != rootText) return null;

        var signatures = new List<NoteSignature>();
        foreach (var line in note[(gap + 2)..^1].Split('\n'))
        {
            if (signatures.Count == MostSignatures || NoteSignature.TryRead(line) is not { } signature) return null;
            signatures.Add(signature);
        }

        return new(origin, size, Hash32.Of(root), Encoding.UTF8.GetBytes(text), signatures);
    }
}

/// <summary>A line <c>— name base64(key id ‖ signature)</c>.</summary>
internal sealed record NoteSignature(string Name, byte[] KeyId, byte[] Signature)
{
    public static NoteSignature? TryRead(string line)
    {
        if (!line.StartsWith("— ", StringComparison.Ordinal)) return null;
        var end = line.LastIndexOf(' ');
        if (end < 3 || line.Length - end > 400 || !Base64.IsValid(line.AsSpan(end + 1))) return null;
        var bytes = Convert.FromBase64String(line[(end + 1)..]);
        return bytes.Length > 4 ? new(line[2..end], bytes[..4], bytes[4..]) : null;
    }
}
