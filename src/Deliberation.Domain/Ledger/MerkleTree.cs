using System.Numerics;

namespace Deliberation.Domain.Ledger;

/// <summary>Root of a complete subtree.</summary>
/// <param name="level">0 = a leaf's hash, 1 = two leaves, …</param>
/// <param name="index">Among the subtrees of that level, from the left, 0 first.</param>
public delegate byte[] CompleteSubtree(int level, long index);

/// <summary>Roots and proofs of an RFC 6962 tree of any size, made of its complete subtrees.</summary>
public static class MerkleTree
{
    /// <summary>A tree whose leaf hashes are at hand.</summary>
    public static CompleteSubtree Of(IReadOnlyList<byte[]> leafHashes)
    {
        return Subtree;

        byte[] Subtree(int level, long index) => level == 0
            ? leafHashes[(int)index]
            : MerkleHash.Node(Subtree(level - 1, 2 * index), Subtree(level - 1, (2 * index) + 1));
    }

    public static byte[] Root(long size, CompleteSubtree subtree) => size == 0 ? MerkleHash.Empty : Range(0, size, subtree);

    /// <summary>What shows that the leaf is in the tree: hashes from the leaf up to the root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<byte[]> Inclusion(long index, long size, CompleteSubtree subtree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        var (from, length) = (0L, size);
        while (length > 1)
        {
            var half = Split(length);
            if (index < from + half)
            {
                proof.Add(Range(from + half, length - half, subtree));
                length = half;
            }
            else
            {
                proof.Add(Range(from, half, subtree));
                (from, length) = (from + half, length - half);
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>What shows that the tree of <paramref name="older"/> leaves is the beginning of the tree of <paramref name="newer"/>. Empty when they are the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 ≤ older ≤ newer.</exception>
    public static IReadOnlyList<byte[]> Consistency(long older, long newer, CompleteSubtree subtree)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(older, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(older, newer);
        var proof = new List<byte[]>();
        var (from, length, old, isWhole) = (0L, newer, older, true);
        while (old != length)
        {
            var half = Split(length);
            if (old <= half)
            {
                proof.Add(Range(from + half, length - half, subtree));
                length = half;
            }
            else
            {
                proof.Add(Range(from, half, subtree));
                (from, length, old, isWhole) = (from + half, length - half, old - half, false);
            }
        }

        if (!isWhole)
        {
            proof.Add(Range(from, length, subtree));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>True when the proof leads from the leaf to the root (RFC 9162, 2.1.3.2).</summary>
    public static bool Includes(byte[] root, long size, byte[] leafHash, long index, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size || !AreHashes(proof))
        {
            return false;
        }

        var (place, last, hash) = (index, size - 1, leafHash);
        foreach (var other in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((place & 1) == 1 || place == last)
            {
                hash = MerkleHash.Node(other, hash);
                for (; (place & 1) == 0 && place != 0; place >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, other);
            }

            (place, last) = (place >> 1, last >> 1);
        }

        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>True when the proof shows that nothing of the older tree was changed or left out (RFC 9162, 2.1.4.2). Nothing is known of an empty tree.</summary>
    public static bool Extends(byte[] olderRoot, long older, byte[] newerRoot, long newer, IReadOnlyList<byte[]> proof)
    {
        if (older < 1 || older > newer || !AreHashes(proof))
        {
            return false;
        }

        if (older == newer)
        {
            return proof.Count == 0 && olderRoot.AsSpan().SequenceEqual(newerRoot);
        }

        var hashes = BitOperations.IsPow2(older) ? [olderRoot, .. proof] : proof;
        if (hashes.Count == 0)
        {
            return false;
        }

        var (place, last) = (older - 1, newer - 1);
        for (; (place & 1) == 1; place >>= 1)
        {
            last >>= 1;
        }

        var (old, whole) = (hashes[0], hashes[0]);
        foreach (var other in hashes.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((place & 1) == 1 || place == last)
            {
                (old, whole) = (MerkleHash.Node(other, old), MerkleHash.Node(other, whole));
                for (; (place & 1) == 0 && place != 0; place >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                whole = MerkleHash.Node(whole, other);
            }

            (place, last) = (place >> 1, last >> 1);
        }

        return last == 0 && old.AsSpan().SequenceEqual(olderRoot) && whole.AsSpan().SequenceEqual(newerRoot);
    }

    /// <summary>Largest power of two below the length, which is 2 or more.</summary>
    private static long Split(long length) => 1L << BitOperations.Log2((ulong)(length - 1));

    /// <param name="from">A multiple of the power of two that the length fits in: so it is in every split.</param>
    private static byte[] Range(long from, long length, CompleteSubtree subtree)
    {
        if (BitOperations.IsPow2(length))
        {
            var level = BitOperations.Log2((ulong)length);
            return subtree(level, from >> level);
        }

        var half = Split(length);
        return MerkleHash.Node(Range(from, half, subtree), Range(from + half, length - half, subtree));
    }

    private static bool AreHashes(IReadOnlyList<byte[]> proof) => proof.All(hash => hash.Length == MerkleHash.Length);
}
