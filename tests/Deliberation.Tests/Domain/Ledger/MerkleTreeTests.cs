using Deliberation.Domain.Ledger;

namespace Deliberation.Tests.Domain.Ledger;

/// <summary>The vectors that implementations of RFC 6962 test themselves with, and every small size.</summary>
public sealed class MerkleTreeTests
{
    private static readonly string[] Inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly byte[][] Leaves = [.. Inputs.Select(input => MerkleHash.Leaf(Convert.FromHexString(input)))];

    [Fact]
    public void Roots_are_those_of_the_vectors()
    {
        var tree = CompactRange.Empty();
        Assert.Equal(Roots[0], Convert.ToHexStringLower(tree.Root()));
        for (var size = 1; size <= Leaves.Length; size++)
        {
            tree.Append(Leaves[size - 1]);
            Assert.Equal(Roots[size], Convert.ToHexStringLower(tree.Root()));
            Assert.Equal(Roots[size], Convert.ToHexStringLower(MerkleTree.Root(size, MerkleTree.Of(Leaves))));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    public void Inclusion_proofs_are_those_of_the_vectors(int index, int size, params string[] proof) =>
        Assert.Equal(proof, MerkleTree.Inclusion(index, size, MerkleTree.Of(Leaves)).Select(Convert.ToHexStringLower));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void Consistency_proofs_are_those_of_the_vectors(int older, int newer, params string[] proof) =>
        Assert.Equal(proof, MerkleTree.Consistency(older, newer, MerkleTree.Of(Leaves)).Select(Convert.ToHexStringLower));

    [Fact]
    public void Every_proof_of_every_size_to_seventy_verifies_and_no_other_place_or_size_does()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => MerkleHash.Leaf([(byte)i])).ToArray();
        var subtree = MerkleTree.Of(leaves);
        for (var size = 1; size <= leaves.Length; size++)
        {
            var root = MerkleTree.Root(size, subtree);
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleTree.Inclusion(index, size, subtree);
                Assert.True(MerkleTree.Includes(root, size, leaves[index], index, proof));
                Assert.False(MerkleTree.Includes(root, size, leaves[index], index + 1, proof));
                Assert.False(MerkleTree.Includes(root, size, leaves[(index + 1) % leaves.Length], index, proof));
                Assert.False(MerkleTree.Includes(root, size, leaves[index], index, [.. proof, root]));
                Assert.False(proof.Count > 0 && MerkleTree.Includes(root, size, leaves[index], index, [.. proof.Skip(1)]));

                var older = MerkleTree.Root(index + 1, subtree);
                var step = MerkleTree.Consistency(index + 1, size, subtree);
                Assert.True(MerkleTree.Extends(older, index + 1, root, size, step));
                Assert.False(MerkleTree.Extends(older, index + 1, MerkleHash.Leaf(root), size, step));
                Assert.False(MerkleTree.Extends(MerkleHash.Leaf(older), index + 1, root, size, step));
                Assert.False(MerkleTree.Extends(older, index + 1, root, size, [.. step, root]));
                Assert.False(index + 1 < size && MerkleTree.Extends(older, index + 2, root, size, step));
            }
        }
    }

    [Fact]
    public void What_is_not_there_has_no_proof()
    {
        var subtree = MerkleTree.Of(Leaves);
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Inclusion(8, 8, subtree));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Inclusion(-1, 8, subtree));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Inclusion(0, 0, subtree));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Consistency(0, 8, subtree));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Consistency(8, 7, subtree));
        Assert.False(MerkleTree.Extends(MerkleHash.Empty, 0, MerkleTree.Root(8, subtree), 8, []));
        Assert.False(MerkleTree.Includes(MerkleTree.Root(8, subtree), 8, Leaves[0], -1, MerkleTree.Inclusion(0, 8, subtree)));
    }

    [Fact]
    public void A_leaf_does_not_pass_for_a_node_nor_a_node_for_a_leaf()
    {
        var node = MerkleHash.Node(Leaves[0], Leaves[1]);
        Assert.NotEqual(node, MerkleHash.Leaf([.. Leaves[0], .. Leaves[1]]));
        Assert.False(MerkleTree.Includes(MerkleTree.Root(4, MerkleTree.Of(Leaves)), 2, node, 0, [MerkleHash.Node(Leaves[2], Leaves[3])[..31]]));
    }

    [Fact]
    public void Completed_subtrees_are_told_once_each_and_are_those_of_the_tree()
    {
        var leaves = Enumerable.Range(0, 37).Select(i => MerkleHash.Leaf([(byte)i])).ToArray();
        var subtree = MerkleTree.Of(leaves);
        var told = new List<(int Level, long Index)>();
        var tree = CompactRange.Empty();
        foreach (var leaf in leaves)
        {
            tree.Append(leaf, (level, index, root) =>
            {
                told.Add((level, index));
                Assert.Equal(subtree(level, index), root);
            });
        }

        Assert.Equal(18 + 9 + 4 + 2 + 1, told.Distinct().Count());
        Assert.Equal(told.Count, told.Distinct().Count());
    }

    [Fact]
    public void A_compact_range_goes_on_from_what_was_kept_of_it()
    {
        var whole = CompactRange.Empty();
        var kept = CompactRange.Empty();
        foreach (var leaf in Leaves)
        {
            whole.Append(leaf);
            kept = CompactRange.Of(kept.Size, kept.ToBytes());
            kept.Append(leaf);
            Assert.Equal(whole.Root(), kept.Root());
        }

        Assert.Throws<ArgumentException>(() => CompactRange.Of(7, new byte[64]));
        Assert.Throws<ArgumentException>(() => CompactRange.Of(-1, []));
    }
}
