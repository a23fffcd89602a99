using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Who answers for a count, and what the log of votes looked like after it.</summary>
/// <param name="PaperSigners">Who signed the count of the papers, in that order.</param>
/// <param name="Declaration">Who confirmed and declared the result; null before, and for what was declared before this was kept.</param>
/// <param name="LedgerFingerprint">Of the first signed state of the log that holds the ballot's close, as the ledger's page shows it; null while none does, or the ballot is outside the log.</param>
/// <remarks>Source: domain.md 5, requirements 8 (the root is printed on the closing record) and 9 (signatures).</remarks>
public sealed record ResultRecord(IReadOnlyList<string> PaperSigners, ResultDeclaration? Declaration, string? LedgerFingerprint)
{
    internal static async Task<ResultRecord> FindAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        var signers = await connection.RowsAsync<string>(
            "select s.display_name from paper_signature p join staff s using (staff_id) where p.community_id = @community and p.ballot_id = @ballot order by p.signed_at, s.staff_id",
            new { community, ballot },
            cancellationToken);
        var declaration = await connection.RowAsync<ResultDeclaration>(
            """
            select s.display_name as name, b.declared_post as post, b.declared_at as signed_at
            from ballot b join staff s on s.staff_id = b.declared_by where b.community_id = @community and b.ballot_id = @ballot
            """,
            new { community, ballot },
            cancellationToken);
        var root = await connection.ScalarAsync<byte[]?>(
            """
            select c.root
            from log_leaf l join log_checkpoint c on c.community_id = l.community_id and c.size > l.idx
            where l.community_id = @community and l.ballot_id = @ballot and l.commitment is null and l.kind = 'ballot-closed'
            order by c.size limit 1
            """,
            new { community, ballot },
            cancellationToken);
        return new ResultRecord(signers, declaration, root is null ? null : CheckpointView.FingerprintOf(root));
    }
}

/// <param name="Post">For which the declarer acted; null when for none.</param>
public sealed record ResultDeclaration(string Name, string? Post, DateTimeOffset SignedAt);
