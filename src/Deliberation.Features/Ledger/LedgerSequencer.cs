using System.Security.Cryptography;
using System.Text;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>What one run of the sequencer came to.</summary>
/// <param name="Leaves">How many were appended.</param>
/// <param name="IsMore">There was more than one transaction takes.</param>
/// <param name="Alarm">Why nothing may be signed; null when all is well.</param>
internal sealed record SequencerRun(int Leaves, bool IsMore = false, LedgerAlarm? Alarm = null);

/// <summary>Why a log is not signed any more. People must look.</summary>
public enum LedgerAlarm
{
    /// <summary>The database's log is shorter than one that was signed: it was restored from an older backup.</summary>
    Shorter,

    /// <summary>The database's log is not the one that was signed.</summary>
    Other,

    /// <summary>The log's key is not on this node.</summary>
    KeyMissing,
}

/// <summary>Appends to a community's log what waits for it, votes in random order, and signs the new state. One at a time per community, on any node.</summary>
internal sealed class LedgerSequencer(NpgsqlDataSource dataSource, LedgerKeys keys)
{
    /// <summary>Votes that are appended without further waiting: among fewer, the order of arrival would show.</summary>
    public const int Enough = 8;

    /// <summary>Leaves in one tile.</summary>
    public const int Tile = 256;

    private const int TileLevel = 8;
    private const int Most = 5_000; // in one transaction: none is longer than a second or two

    /// <param name="everything">Also votes that are still fewer than <see cref="Enough"/>.</param>
    public async Task<SequencerRun> AppendAsync(CommunityId community, bool everything, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.RunAsync(
            "set local lock_timeout = '2s'; set local statement_timeout = '10s'; set local idle_in_transaction_session_timeout = '10s'", new { }, cancellationToken);
        if (!await connection.ScalarAsync<bool>("select pg_try_advisory_xact_lock(hashtextextended('log:' || @Value, 0))", new { community.Value }, cancellationToken))
        {
            return new SequencerRun(0); // another node is at it
        }

        var head = await HeadAsync(connection, community, cancellationToken);
        var tree = CompactRange.Of(head.Size, head.Subtrees ?? []);
        if (await AlarmAsync(connection, community, head, tree, cancellationToken) is { } alarm)
        {
            return new SequencerRun(0, Alarm: alarm);
        }

        using var signer = await SignerAsync(connection, community, head, cancellationToken);
        if (signer is null)
        {
            return new SequencerRun(0, Alarm: LedgerAlarm.KeyMissing);
        }

        var (leaves, isMore) = await TakeAsync(connection, community, everything, cancellationToken);
        if (leaves.Count == 0)
        {
            return new SequencerRun(0);
        }

        await WriteAsync(connection, community, head, tree, leaves, signer, cancellationToken);
        FaultPoint.Hit("log-before-commit");
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Hit("log-after-commit");
        await keys.RememberAsync(community, new SignedState(tree.Size, tree.Root()), cancellationToken); // a crash before this line leaves an older state there: no harm
        return new SequencerRun(leaves.Count, isMore);
    }

    /// <summary>Changes the log's key inside the caller's transaction: a leaf names the new key under a checkpoint of the old one, the next takes the old one out under the new one's.</summary>
    /// <returns>Id of the new key as signatures carry it; null when nothing can be signed here now.</returns>
    public async Task<string?> RotateAsync(NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken)
    {
        await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('log:' || @Value, 0))", new { community.Value }, cancellationToken); // no sequencer is at it until the commit
        var head = await HeadAsync(connection, community, cancellationToken);
        var tree = CompactRange.Of(head.Size, head.Subtrees ?? []);
        if (head.Size == 0 || await AlarmAsync(connection, community, head, tree, cancellationToken) is not null)
        {
            return null;
        }

        using var signer = await SignerAsync(connection, community, head, cancellationToken);
        if (signer is null)
        {
            return null;
        }

        using var next = keys.CreateNext(community);
        var (old, key) = (NoteKey.TryRead(head.Origin, signer.ExportSubjectPublicKeyInfo())!, NoteKey.TryRead(head.Origin, next.ExportSubjectPublicKeyInfo())!);
        await connection.RunAsync(
            "update log_key set removed_at = @Now where community_id = @community and role = 'Log' and removed_at is null", new { community, head.Now }, cancellationToken);
        await connection.AddKeyAsync(community, key, KeyRole.Log, head.Now, cancellationToken);
        await WriteAsync(connection, community, head, tree, [await WaitingAsync(LeafBody.Key(key, KeyRole.Log, isAdded: true))], signer, cancellationToken);
        await connection.PendAsync(community, null, "key", LeafBody.Key(old, KeyRole.Log, isAdded: false), cancellationToken);
        await WriteAsync(connection, community, head, tree, [await WaitingAsync(LeafBody.Key(old, KeyRole.Log, isAdded: false))], next, cancellationToken);
        return Convert.ToHexStringLower(key.Id);

        async Task<Leaf> WaitingAsync(string body) => new((await connection.RowAsync<Pending>(
            "select entry, ballot_id, kind, body from log_pending where community_id = @community and kind = 'key' and body = @body", new { community, body }, cancellationToken))!);
    }

    private static async Task<Head> HeadAsync(NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        await connection.RowAsync<Head>(
            """
            select c.code, council_now() as now, coalesce(p.size, 0) as size, p.root, p.subtrees
            from community c left join log_checkpoint p on p.community_id = c.community_id
            where c.community_id = @community order by p.size desc nulls last limit 1
            """,
            new { community },
            cancellationToken) ?? throw new InvalidOperationException($"There is no community {community}.");

    /// <summary>Compares the log of this database with what was signed last, and the kept subtrees with their root.</summary>
    private async Task<LedgerAlarm?> AlarmAsync(NpgsqlConnection connection, CommunityId community, Head head, CompactRange tree, CancellationToken cancellationToken)
    {
        if (head.Root is { } root && !root.AsSpan().SequenceEqual(tree.Root()))
        {
            return LedgerAlarm.Other;
        }

        if (await keys.RememberedAsync(community, cancellationToken) is not { } signed)
        {
            return null;
        }

        if (head.Size < signed.Size)
        {
            return LedgerAlarm.Shorter;
        }

        var then = await connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "select root from log_checkpoint where community_id = @community and size = @Size", new { community, signed.Size }, cancellationToken: cancellationToken));
        return then is not null && then.AsSpan().SequenceEqual(signed.Root) ? null : LedgerAlarm.Other;
    }

    /// <summary>The log's key; the first time it is made, and says so as the log's first leaf.</summary>
    private async Task<ECDsa?> SignerAsync(NpgsqlConnection connection, CommunityId community, Head head, CancellationToken cancellationToken)
    {
        var known = await connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "select key_hash from log_key where community_id = @community and role = 'Log' and removed_at is null", new { community }, cancellationToken: cancellationToken));
        if (known is null)
        {
            var signer = keys.TryOpenFirst(community) ?? keys.Create(community); // one that is there already: the process died before it was written down
            await connection.AddKeyAsync(community, NoteKey.TryRead(head.Origin, signer.ExportSubjectPublicKeyInfo())!, KeyRole.Log, head.Now, cancellationToken);
            return signer;
        }

        return keys.TryOpen(community, known);
    }

    /// <summary>What is appended now, in a legal order: what opens and amends, then the votes, then what closes.</summary>
    private static async Task<(List<Leaf> Leaves, bool IsMore)> TakeAsync(
        NpgsqlConnection connection, CommunityId community, bool everything, CancellationToken cancellationToken)
    {
        var events = await connection.RowsAsync<Pending>(
            "select entry, ballot_id, kind, body from log_pending where community_id = @community and kind is not null order by place limit @Most",
            new { community, Most },
            cancellationToken);
        var closing = events.Where(e => e.Closes).ToList();

        // By entry: a commitment tells nothing of when it came, so that the part that is taken is a random one.
        var votes = (await connection.RowsAsync<Pending>(
            "select entry, ballot_id, kind, body from log_pending where community_id = @community and kind is null order by entry limit @Most",
            new { community, Most },
            cancellationToken)).ToArray();
        var isMore = votes.Length == Most || events.Count == Most;
        if (!everything && votes.Length < Enough)
        {
            votes = [.. votes.Where(vote => closing.Exists(e => e.BallotId == vote.BallotId))];
        }

        RandomNumberGenerator.Shuffle(votes.AsSpan());
        return (
            [
                .. events.Where(e => !e.Closes).Concat(votes).Concat(isMore ? [] : closing) // not before the last of the votes
                    .Select(pending => new Leaf(pending)),
            ],
            isMore);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, CommunityId community, Head head, CompactRange tree, List<Leaf> leaves, ECDsa signer, CancellationToken cancellationToken)
    {
        var first = tree.Size;
        var tiles = new List<(long Index, byte[] Root)>();
        foreach (var leaf in leaves)
        {
            leaf.Index = tree.Size;
            tree.Append(leaf.Hash, (level, index, root) =>
            {
                if (level == TileLevel)
                {
                    tiles.Add((index, root));
                }
            });
        }

        var votes = leaves.Where(leaf => leaf.Body is null).ToList();
        var events = leaves.Where(leaf => leaf.Body is not null).ToList();
        await connection.RunAsync(
            """
            insert into log_leaf (community_id, idx, kind, ballot_id, leaf_hash, commitment)
            select @community, v.idx, 'vote', v.ballot, v.hash, v.commitment
            from unnest(@indices, @ballots, @hashes, @commitments) as v (idx, ballot, hash, commitment)
            """,
            new
            {
                community,
                indices = votes.Select(leaf => leaf.Index).ToArray(),
                ballots = votes.Select(leaf => leaf.Ballot!.Value).ToArray(),
                hashes = votes.Select(leaf => leaf.Hash).ToArray(),
                commitments = votes.Select(leaf => leaf.Entry).ToArray(),
            },
            cancellationToken);
        await connection.RunAsync(
            """
            insert into log_leaf (community_id, idx, kind, ballot_id, leaf_hash, body)
            select @community, e.idx, e.kind, nullif(e.ballot, @none), e.hash, e.body
            from unnest(@indices, @kinds, @ballots, @hashes, @bodies) as e (idx, kind, ballot, hash, body)
            """,
            new
            {
                community,
                none = Guid.Empty,
                indices = events.Select(leaf => leaf.Index).ToArray(),
                kinds = events.Select(leaf => leaf.Kind!).ToArray(),
                ballots = events.Select(leaf => leaf.Ballot ?? Guid.Empty).ToArray(),
                hashes = events.Select(leaf => leaf.Hash).ToArray(),
                bodies = events.Select(leaf => leaf.Body!).ToArray(),
            },
            cancellationToken);
        await connection.RunAsync(
            "insert into log_tile (community_id, idx, root) select @community, t.idx, t.root from unnest(@indices, @roots) as t (idx, root)",
            new { community, indices = tiles.Select(tile => tile.Index).ToArray(), roots = tiles.Select(tile => tile.Root).ToArray() },
            cancellationToken);
        var taken = await connection.RunAsync(
            "delete from log_pending where community_id = @community and entry = any(@entries)",
            new { community, entries = leaves.Select(leaf => leaf.Entry).ToArray() },
            cancellationToken);
        if (taken != leaves.Count)
        {
            throw new InvalidOperationException($"{leaves.Count} entries from {first} on were to be appended, {taken} waited.");
        }

        var text = new Checkpoint(head.Origin, tree.Size, tree.Root()).Text;
        await connection.RunAsync(
            """
            insert into log_checkpoint (community_id, size, root, subtrees, note, signed_at)
            values (@community, @Size, @root, @subtrees, @note, @Now)
            """,
            new { community, tree.Size, root = tree.Root(), subtrees = tree.ToBytes(), note = new SignedNote(text, [NoteKey.Sign(head.Origin, signer, text)]).ToString(), head.Now },
            cancellationToken);
    }

    private sealed record Head(string Code, DateTimeOffset Now, long Size, byte[]? Root, byte[]? Subtrees)
    {
        public string Origin => Checkpoint.OriginOf(Code);
    }

    private sealed record Pending(byte[] Entry, Guid? BallotId, string? Kind, string? Body)
    {
        public bool Closes => Kind is "ballot-closed" or "ballot-cancelled" or "tally-published";
    }

    private sealed class Leaf(Pending pending)
    {
        public byte[] Entry => pending.Entry;

        public Guid? Ballot => pending.BallotId;

        public string? Kind => pending.Kind;

        /// <summary>Null for a vote, whose body is made of ballot and commitment.</summary>
        public string? Body => pending.Body;

        public byte[] Hash { get; } = MerkleHash.Leaf(Encoding.UTF8.GetBytes(pending.Body ?? LeafBody.Vote(new BallotId(pending.BallotId!.Value), pending.Entry)));

        public long Index { get; set; }
    }
}
