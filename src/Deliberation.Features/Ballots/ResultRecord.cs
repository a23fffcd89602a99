using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Who answers for a count, and what the log of votes looked like after it.</summary>
/// <param name="Signatures">Of the paper count in the order signed, and of the declaration last.</param>
/// <param name="LedgerSize">Leaves of the first signed state that holds the ballot's close; null while none does, or the ballot is outside the log.</param>
/// <param name="LedgerRoot">Its root, upper-case hex; null as the size is.</param>
/// <remarks>Source: domain.md 5, requirements 8 (the root is printed on the closing record) and 9 (signatures).</remarks>
public sealed record ResultRecord(IReadOnlyList<ResultSignature> Signatures, long? LedgerSize, string? LedgerRoot)
{
    internal static async Task<ResultRecord> FindAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        var signatures = await connection.RowsAsync<ResultSignature>(
            """
            select s.display_name as name, p.post_code as post, p.signed_at, false as is_declaration
            from paper_signature p join staff s using (staff_id) where p.community_id = @community and p.ballot_id = @ballot
            union all
            select s.display_name, b.declared_post, b.declared_at, true
            from ballot b join staff s on s.staff_id = b.declared_by where b.community_id = @community and b.ballot_id = @ballot
            order by is_declaration, signed_at, name
            """,
            new { community, ballot },
            cancellationToken);
        var state = await connection.RowAsync<State>(
            """
            select c.size, encode(c.root, 'hex') as root
            from log_leaf l join log_checkpoint c on c.community_id = l.community_id and c.size > l.idx
            where l.community_id = @community and l.ballot_id = @ballot and l.commitment is null and l.kind = 'ballot-closed'
            order by c.size limit 1
            """,
            new { community, ballot },
            cancellationToken);
        return new ResultRecord(signatures, state?.Size, state?.Root.ToUpperInvariant());
    }

    private sealed record State(long Size, string Root);
}

/// <param name="Post">For which the signer acted; null when for none.</param>
/// <param name="IsDeclaration">Confirmed and declared the result; else signed the count of the papers.</param>
public sealed record ResultSignature(string Name, string? Post, DateTimeOffset SignedAt, bool IsDeclaration);
