using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>The keys that a log knows. Every change of them is a leaf.</summary>
internal static class LedgerKeyRows
{
    public static async Task AddKeyAsync(
        this NpgsqlConnection connection, CommunityId community, NoteKey key, KeyRole role, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            """
            insert into log_key (community_id, key_hash, name, role, public_key, added_at)
            values (@community, @hash, @Name, @role, @Spki, @now)
            """,
            new { community, hash = SHA256.HashData(key.Spki), key.Name, role = role.ToString(), key.Spki, now },
            cancellationToken);
        await connection.PendAsync(community, null, "key", LeafBody.Key(key, role, isAdded: true), cancellationToken, isFirst: role == KeyRole.Log);
    }
}
