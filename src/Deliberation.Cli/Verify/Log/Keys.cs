using System.Security.Cryptography;

namespace Deliberation.Cli.Verify.Log;

/// <summary>A key that the log names.</summary>
/// <param name="Id">First four bytes of SHA-256 of the SPKI, as signature lines carry them.</param>
/// <param name="AddedAt">Index of the leaf that added it.</param>
internal sealed class LogKey(KeyLeaf leaf, byte[] spki, ECDsa key, long addedAt) : IDisposable
{
    public string Name { get; } = leaf.Name;

    public string Role { get; } = leaf.Role;

    public string Key { get; } = leaf.Key;

    public bool IsLog => Role == "Log";

    public byte[] Id { get; } = SHA256.HashData(spki)[..4];

    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(spki));

    public long AddedAt { get; } = addedAt;

    /// <summary>Index of the leaf that took it out; null while it is valid.</summary>
    public long? RemovedAt { get; set; }

    /// <summary>Whether a checkpoint of this size may be signed with it.</summary>
    public bool IsValidAt(long size) => AddedAt < size && !(RemovedAt < size);

    public bool Signed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        try
        {
            return key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false; // not even the form of a signature
        }
    }

    public void Dispose() => key.Dispose();

    /// <summary>Null when the text is no P-256 key.</summary>
    public static LogKey? TryRead(KeyLeaf leaf, long index)
    {
        var spki = new byte[leaf.Key.Length];
        if (!Convert.TryFromBase64String(leaf.Key, spki, out var length)) return null;
        Array.Resize(ref spki, length);
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var used);
            if (used == length && key.ExportParameters(false).Curve.Oid is { Value: "1.2.840.10045.3.1.7" } or { FriendlyName: "nistP256" or "ECDSA_P256" })
                return new LogKey(leaf, spki, key, index);
        }
        catch (CryptographicException)
        {
            // told below like any other text that is no key
        }

        key.Dispose();
        return null;
    }
}
