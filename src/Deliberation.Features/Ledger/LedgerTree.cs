using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>As much of a log's tree as proofs about a few places need: the tiles' roots, and the leaves of the tiles around those places.</summary>
internal static class LedgerTree
{
    private const int TileLevel = 8;

    /// <param name="size">Leaves of the tree; 1 or more, and not more than there are.</param>
    /// <param name="places">Leaves that the proofs are about, or between which they cut.</param>
    public static async Task<CompleteSubtree> LoadAsync(
        NpgsqlConnection connection, CommunityId community, long size, IEnumerable<long> places, CancellationToken cancellationToken)
    {
        var tiles = (await connection.RowsAsync<Tile>(
            "select idx, root from log_tile where community_id = @community and idx < @whole",
            new { community, whole = size / LedgerSequencer.Tile },
            cancellationToken)).ToDictionary(tile => tile.Idx, tile => tile.Root);
        var leaves = (await connection.RowsAsync<Tile>(
            """
            select l.idx, l.leaf_hash as root
            from unnest(@wanted) as w (tile)
            join log_leaf l on l.community_id = @community and l.idx >= w.tile * @Tile and l.idx < (w.tile + 1) * @Tile and l.idx < @size
            """,
            new { community, size, LedgerSequencer.Tile, wanted = places.Append(size - 1).Select(place => place / LedgerSequencer.Tile).Distinct().ToArray() },
            cancellationToken)).ToDictionary(leaf => leaf.Idx, leaf => leaf.Root);
        return Subtree;

        byte[] Subtree(int level, long index) => level switch
        {
            0 => leaves[index],
            TileLevel => tiles[index],
            _ => MerkleHash.Node(Subtree(level - 1, 2 * index), Subtree(level - 1, (2 * index) + 1)),
        };
    }

    private sealed record Tile(long Idx, byte[] Root);
}
