using System.Security.Cryptography;

namespace Deliberation.Domain.Ledger;

/// <summary>The two hashes of an RFC 6962 tree. Their first byte keeps a leaf from passing for a node.</summary>
public static class MerkleHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 32;

    /// <summary>Root of a tree without leaves.</summary>
    public static byte[] Empty => SHA256.HashData([]);

    /// <summary><c>SHA-256(0x00 ‖ body)</c>.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary><c>SHA-256(0x01 ‖ left ‖ right)</c>.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + Length + Length];
        both[0] = 1;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + Length)..]);
        return SHA256.HashData(both);
    }
}
