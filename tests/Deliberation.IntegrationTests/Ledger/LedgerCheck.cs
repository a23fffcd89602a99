using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Npgsql;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>A leaf as it stands in the database.</summary>
internal sealed record StoredLeaf(int CommunityId, long Idx, string Kind, Guid? BallotId, byte[] LeafHash, byte[]? Commitment, string? Body)
{
    public string Text => Body ?? LeafBody.Vote(new BallotId(BallotId!.Value), Commitment!);
}

/// <summary>Reads logs and says what is wrong with them, by the README alone.</summary>
internal static class LedgerCheck
{
    public static async Task<List<StoredLeaf>> LeavesAsync(NpgsqlDataSource dataSource, CommunityId community)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<StoredLeaf>(
            "select community_id, idx, kind, ballot_id, leaf_hash, commitment, body from log_leaf where community_id = @community order by idx", new { community })).AsList();
    }

    /// <returns>A line for everything that must not be; empty when all is well.</returns>
    public static async Task<IReadOnlyList<string>> FaultsAsync(NpgsqlDataSource dataSource, CommunityId community)
    {
        var faults = new List<string>();
        var leaves = await LeavesAsync(dataSource, community);
        var tree = CompactRange.Empty();
        var roots = new List<byte[]> { tree.Root() };
        foreach (var leaf in leaves)
        {
            if (leaf.Idx != tree.Size || !leaf.LeafHash.AsSpan().SequenceEqual(MerkleHash.Leaf(Encoding.UTF8.GetBytes(leaf.Text))))
            {
                faults.Add($"leaf {leaf.Idx} is not what it says");
            }

            tree.Append(leaf.LeafHash);
            roots.Add(tree.Root());
        }

        faults.AddRange(Order(leaves));
        faults.AddRange(await CheckpointsAsync(dataSource, community, roots));
        faults.AddRange(await BallotsAsync(dataSource, community, leaves));
        return faults;
    }

    /// <summary>Opened, then votes, then closed, then tally; nothing after.</summary>
    private static IEnumerable<string> Order(List<StoredLeaf> leaves)
    {
        foreach (var ballot in leaves.Where(leaf => leaf.BallotId is not null).GroupBy(leaf => leaf.BallotId))
        {
            var rank = 0;
            foreach (var leaf in ballot)
            {
                var own = leaf.Kind switch { "ballot-opened" => 1, "roll-amended" or "vote" => 2, "ballot-closed" or "ballot-cancelled" => 3, _ => 4 };
                if (own < rank || (rank == 0 && own != 1) || (own is 1 or 3 && own == rank))
                {
                    yield return $"leaf {leaf.Idx}: {leaf.Kind} is out of order";
                }

                rank = own;
            }
        }
    }

    private static async Task<List<string>> CheckpointsAsync(NpgsqlDataSource dataSource, CommunityId community, List<byte[]> roots)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var faults = new List<string>();
        var code = await connection.ExecuteScalarAsync<string>("select code from community where community_id = @community", new { community });
        var key = await connection.ExecuteScalarAsync<byte[]?>("select public_key from log_key where community_id = @community and role = 'Log' and removed_at is null", new { community });
        var notes = (await connection.QueryAsync<string>("select note from log_checkpoint where community_id = @community order by size", new { community })).AsList();
        var last = 0L;
        foreach (var note in notes)
        {
            var signed = SignedNote.TryParse(note)!;
            var checkpoint = Checkpoint.TryParse(signed.Text)!;
            last = checkpoint.Size;
            if (!NoteKey.TryRead($"deliberation/{code}", key!)!.HasSigned(signed) || checkpoint.Origin != $"deliberation/{code}"
                || checkpoint.Size >= roots.Count || !checkpoint.Root.AsSpan().SequenceEqual(roots[(int)checkpoint.Size]))
            {
                faults.Add($"the checkpoint of {checkpoint.Size} leaves is wrong");
            }
        }

        return last == roots.Count - 1 ? faults : [.. faults, $"the last checkpoint covers {last} of {roots.Count - 1} leaves"];
    }

    /// <summary>Of every closed ballot: votes in the log = papers + replaced, each once; papers ≤ participations ≤ roll.</summary>
    private static async Task<List<string>> BallotsAsync(NpgsqlDataSource dataSource, CommunityId community, List<StoredLeaf> leaves)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var faults = new List<string>();
        var documents = (await connection.QueryAsync<(Guid Ballot, string Kind, int Version, string Content)>(
            "select ballot_id, kind, version, content from log_document where community_id = @community", new { community })).AsList();
        foreach (var leaf in leaves)
        {
            var body = JsonNode.Parse(leaf.Text)!;
            var document = leaf.Kind switch
            {
                "ballot-opened" => documents.Single(d => d.Ballot == leaf.BallotId && d.Kind == "definition").Content,
                "tally-published" => documents.Single(d => d.Ballot == leaf.BallotId && d.Kind == "tally" && d.Version == body["version"]!.GetValue<int>()).Content,
                _ => null,
            };
            if (document is not null && Hash(document) != (body["definition"] ?? body["tally"])!.GetValue<string>())
            {
                faults.Add($"leaf {leaf.Idx}: its document has changed");
            }

            if (leaf.Kind == "ballot-closed")
            {
                var votes = leaves.Where(vote => vote.Kind == "vote" && vote.BallotId == leaf.BallotId).Select(vote => Convert.ToHexStringLower(vote.Commitment!)).ToList();
                var replaced = body["replaced"]!.AsArray().Select(node => node!.GetValue<string>()).ToList();
                var (papers, participations) = (body["papers"]!.GetValue<int>(), body["participations"]!.GetValue<int>());
                if (votes.Count != papers + replaced.Count || votes.Distinct().Count() != votes.Count || replaced.Except(votes).Any() || papers > participations)
                {
                    faults.Add($"{leaf.BallotId}: {votes.Count} votes in the log, {papers} papers, {replaced.Count} replaced, {participations} participations");
                }
            }
        }

        return faults;
    }

    private static string Hash(string content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
