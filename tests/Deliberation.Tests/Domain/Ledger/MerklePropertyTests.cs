using Deliberation.Domain.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Domain.Ledger;

/// <summary>What holds for trees of any size: every proof verifies, and not with one bit of it turned.</summary>
public sealed class MerklePropertyTests
{
    private const int Largest = 700;
    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, Largest).Select(i => MerkleHash.Leaf(BitConverter.GetBytes(i)))];

    private static Gen<(int Index, int Size, int Bit)> Places =>
        from size in Gen.Choose(1, Largest)
        from index in Gen.Choose(0, size - 1)
        from bit in Gen.Choose(0, int.MaxValue)
        select (index, size, bit);

    [Fact]
    public void Every_inclusion_proof_verifies_and_none_with_a_bit_turned() => Holds(place =>
    {
        var subtree = MerkleTree.Of(Leaves);
        var root = MerkleTree.Root(place.Size, subtree);
        var proof = MerkleTree.Inclusion(place.Index, place.Size, subtree);
        byte[][] parts = [root, Leaves[place.Index], .. proof];
        var turned = Turned(parts, place.Bit);
        return MerkleTree.Includes(root, place.Size, Leaves[place.Index], place.Index, proof)
            && !MerkleTree.Includes(turned[0], place.Size, turned[1], place.Index, turned[2..]);
    });

    [Fact]
    public void Every_consistency_proof_verifies_and_none_with_a_bit_turned() => Holds(place =>
    {
        var subtree = MerkleTree.Of(Leaves);
        var older = MerkleTree.Root(place.Index + 1, subtree);
        var newer = MerkleTree.Root(place.Size, subtree);
        var proof = MerkleTree.Consistency(place.Index + 1, place.Size, subtree);
        var turned = Turned([older, newer, .. proof], place.Bit);
        return MerkleTree.Extends(older, place.Index + 1, newer, place.Size, proof)
            && !MerkleTree.Extends(turned[0], place.Index + 1, turned[1], place.Size, turned[2..]);
    });

    [Fact]
    public void A_tree_that_differs_in_one_early_leaf_is_never_consistent() => Holds(place =>
    {
        var subtree = MerkleTree.Of(Leaves);
        byte[][] others = [.. Leaves];
        others[place.Index] = MerkleHash.Leaf([1]);
        var older = MerkleTree.Root(place.Index + 1, MerkleTree.Of(others));
        return !MerkleTree.Extends(older, place.Index + 1, MerkleTree.Root(place.Size, subtree), place.Size, MerkleTree.Consistency(place.Index + 1, place.Size, subtree));
    });

    private static void Holds(Func<(int Index, int Size, int Bit), bool> isSo) =>
        Prop.ForAll(Places.ToArbitrary(), isSo).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static byte[][] Turned(byte[][] parts, int bit)
    {
        byte[][] turned = [.. parts.Select(part => part.ToArray())];
        var place = bit % (parts.Length * MerkleHash.Length * 8);
        turned[place / 256][place % 256 / 8] ^= (byte)(1 << (place % 8));
        return turned;
    }
}
