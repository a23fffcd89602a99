using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Domain.Ledger;

/// <summary>The public half of a key that signs notes: ECDSA on P-256 with SHA-256.</summary>
public sealed class NoteKey
{
    private const int IdLength = 4;
    private const int LongestName = 64;
    private const string Curve = "1.2.840.10045.3.1.7"; // P-256

    private NoteKey(string name, byte[] spki)
    {
        (Name, Spki) = (name, spki);
        Id = SHA256.HashData(spki)[..IdLength];
    }

    public string Name { get; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] Spki { get; }

    /// <summary>First four bytes of SHA-256 of <see cref="Spki"/>; stands before every signature.</summary>
    public byte[] Id { get; }

    /// <summary>1 to 64 characters without blanks, plus signs and control characters.</summary>
    public static bool IsName(string name) =>
        name.Length is >= 1 and <= LongestName && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c) || c == '+');

    /// <returns>Null when the name is none or the bytes are no public key on P-256.</returns>
    public static NoteKey? TryRead(string name, byte[] spki)
    {
        if (!IsName(name))
        {
            return null;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            return read == spki.Length && key.ExportParameters(false).Curve.Oid.Value == Curve ? new NoteKey(name, spki) : null;
        }
        catch (CryptographicException)
        {
            return null; // another's bytes
        }
    }

    /// <summary>True when the note carries a signature of this key over its text.</summary>
    public bool HasSigned(SignedNote note)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Spki, out _);
        var text = Encoding.UTF8.GetBytes(note.Text);
        return note.Signatures.Any(line => line.Name == Name && line.KeyId.AsSpan().SequenceEqual(Id)
            && key.VerifyData(text, line.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    /// <summary>Signs a text with the private half.</summary>
    /// <param name="text">Ends with a newline.</param>
    public static NoteSignature Sign(string name, ECDsa privateKey, string text) => new(
        name,
        SHA256.HashData(privateKey.ExportSubjectPublicKeyInfo())[..IdLength],
        privateKey.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
