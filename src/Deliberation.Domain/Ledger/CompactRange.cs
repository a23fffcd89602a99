using System.Numerics;

namespace Deliberation.Domain.Ledger;

/// <summary>A tree as one who only appends needs it: its size and the roots of its complete subtrees, largest first; never more than 63.</summary>
public sealed class CompactRange
{
    private readonly List<byte[]> _roots;

    private CompactRange(long size, List<byte[]> roots) => (Size, _roots) = (size, roots);

    /// <summary>How many leaves there are.</summary>
    public long Size { get; private set; }

    public static CompactRange Empty() => new(0, []);

    /// <summary>As <see cref="ToBytes"/> wrote it.</summary>
    /// <exception cref="ArgumentException">Not the subtrees of a tree of that size.</exception>
    public static CompactRange Of(long size, ReadOnlySpan<byte> bytes)
    {
        if (size < 0 || bytes.Length != BitOperations.PopCount((ulong)size) * MerkleHash.Length)
        {
            throw new ArgumentException($"{bytes.Length} bytes are not the subtrees of a tree of {size} leaves.", nameof(bytes));
        }

        var roots = new List<byte[]>();
        for (var at = 0; at < bytes.Length; at += MerkleHash.Length)
        {
            roots.Add(bytes.Slice(at, MerkleHash.Length).ToArray());
        }

        return new CompactRange(size, roots);
    }

    /// <param name="completed">Told of every subtree that this leaf completes, the leaf itself left out: level (1 = two leaves), index among those of its level, root.</param>
    public void Append(byte[] leafHash, Action<int, long, byte[]>? completed = null)
    {
        var hash = leafHash;
        var level = 0;
        for (var rest = Size; (rest & 1) == 1; rest >>= 1) // a carry, as when one is added to a number
        {
            hash = MerkleHash.Node(_roots[^1], hash);
            _roots.RemoveAt(_roots.Count - 1);
            level++;
            completed?.Invoke(level, Size >> level, hash);
        }

        _roots.Add(hash);
        Size++;
    }

    public byte[] Root()
    {
        if (_roots.Count == 0)
        {
            return MerkleHash.Empty;
        }

        var root = _roots[^1];
        for (var i = _roots.Count - 2; i >= 0; i--)
        {
            root = MerkleHash.Node(_roots[i], root);
        }

        return root;
    }

    public byte[] ToBytes() => [.. _roots.SelectMany(root => root)];
}
