using System.Security.Cryptography;

namespace Deliberation.Cli.Verify.Log;

/// <summary>The Merkle tree of RFC 6962, kept as the roots of its full subtrees: it grows leaf by leaf and knows its root at every size.</summary>
internal sealed class LogTree
{
    private readonly Hash32[] _full = new Hash32[64]; // [k] = root of a full subtree of 2^k leaves, where bit k of the size is set

    public long Size { get; private set; }

    /// <summary><c>H(0x00 ‖ data)</c>.</summary>
    public static Hash32 Leaf(ReadOnlySpan<byte> data)
    {
        var bytes = data.Length < 1024 ? stackalloc byte[data.Length + 1] : new byte[data.Length + 1];
        bytes[0] = 0;
        data.CopyTo(bytes[1..]);
        return Hash(bytes);
    }

    public static Hash32 Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Hash32.Size];
        SHA256.HashData(bytes, hash);
        return Hash32.Of(hash);
    }

    public LogTree Copy()
    {
        var copy = new LogTree { Size = Size };
        _full.CopyTo(copy._full, 0);
        return copy;
    }

    public void Append(Hash32 leaf)
    {
        var level = 0;
        for (; (Size >> level & 1) == 1; level++) leaf = Node(_full[level], leaf);
        _full[level] = leaf;
        Size++;
    }

    /// <summary>Of no leaves: the hash of nothing.</summary>
    public Hash32 Root()
    {
        if (Size == 0) return Hash([]);
        Hash32? root = null;
        for (var level = 0; level < 63; level++)
        {
            if ((Size >> level & 1) == 1) root = root is { } right ? Node(_full[level], right) : _full[level];
        }

        return root!.Value;
    }

    /// <summary><c>H(0x01 ‖ left ‖ right)</c>.</summary>
    public static Hash32 Node(Hash32 left, Hash32 right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash32.Size)];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Hash32.Size)..]);
        return Hash(bytes);
    }
}
