namespace Deliberation.Domain.Ledger;

/// <summary>One line under a note.</summary>
/// <param name="KeyId">Four bytes.</param>
/// <param name="Signature">DER.</param>
public sealed record NoteSignature(string Name, byte[] KeyId, byte[] Signature)
{
    private const string Dash = "— ";
    private const int IdLength = 4;

    /// <returns>Null when it is no such line.</returns>
    public static NoteSignature? TryParse(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal) || line[Dash.Length..].Split(' ') is not [var name, var base64] || !NoteKey.IsName(name))
        {
            return null;
        }

        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length > IdLength
            ? new NoteSignature(name, bytes[..IdLength], bytes[IdLength..length])
            : null;
    }

    public override string ToString() => $"{Dash}{Name} {Convert.ToBase64String([.. KeyId, .. Signature])}";
}

/// <summary>A text that people have signed: the form of C2SP signed-note.</summary>
/// <param name="Text">With its last newline; what is signed.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const int LongestText = 16_384;

    /// <returns>Null when it is no note with at least one signature.</returns>
    public static SignedNote? TryParse(string note)
    {
        var cut = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (cut < 1 || note.Length > LongestText || !note.EndsWith('\n'))
        {
            return null;
        }

        var signatures = note[(cut + 2)..].TrimEnd('\n').Split('\n').Select(NoteSignature.TryParse).ToList();
        return signatures.Contains(null) ? null : new SignedNote(note[..(cut + 1)], signatures!);
    }

    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(signature => $"{signature}\n"))}";
}
