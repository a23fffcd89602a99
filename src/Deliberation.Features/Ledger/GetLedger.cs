using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>The community's log as anybody may see it (台账): its size, what was signed last, and who signs.</summary>
public sealed record GetLedger(Caller Caller, CommunityId Community) : IQuery<LedgerView>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="Last">Null while nothing is in the log.</param>
/// <param name="Alarm">Why nothing is signed any more; null when all is well.</param>
public sealed record LedgerView(string Origin, CheckpointView? Last, IReadOnlyList<CheckpointLine> Recent, IReadOnlyList<LedgerKeyLine> Keys, LedgerAlarm? Alarm);

/// <summary>A signed state of the log.</summary>
/// <param name="Note">With the lines of all who signed.</param>
/// <param name="Witnesses">Names of the witnesses among them.</param>
public sealed record CheckpointView(long Size, byte[] Root, DateTimeOffset SignedAt, string Note, IReadOnlyList<string> Witnesses)
{
    /// <summary>The root's first sixteen bytes in groups of four letters: to be read out, printed and compared.</summary>
    public string Fingerprint => FingerprintOf(Root);

    /// <summary>The first half of a root, upper-case hex in groups of four.</summary>
    internal static string FingerprintOf(byte[] root) => string.Join(' ', Convert.ToHexString(root.AsSpan(0, 16)).Chunk(4).Select(group => new string(group)));
}

/// <param name="Witnesses">How many witnesses have signed it.</param>
public sealed record CheckpointLine(long Size, DateTimeOffset SignedAt, int Witnesses);

/// <param name="Key">SubjectPublicKeyInfo.</param>
/// <param name="RemovedAt">Null while it signs.</param>
public sealed record LedgerKeyLine(string Name, KeyRole Role, byte[] Key, DateTimeOffset AddedAt, DateTimeOffset? RemovedAt, long? LastSigned)
{
    /// <summary>First four bytes of the key's hash, as they stand in its signatures.</summary>
    public string Id => Convert.ToHexStringLower(NoteKey.TryRead(Name, Key)?.Id ?? []);
}

internal sealed class GetLedgerHandler(CouncilSession session, LedgerKeys keys) : IRequestHandler<GetLedger, Result<LedgerView>>
{
    private const int Shown = 10;

    public async Task<Result<LedgerView>> Handle(GetLedger request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var code = await connection.ScalarAsync<string?>("select code from community where community_id = @Community", new { request.Community }, cancellationToken);
        if (code is null)
        {
            return LedgerRefusals.NotFound;
        }

        var remembered = await keys.RememberedAsync(request.Community, cancellationToken); // before the log: what is signed between the two reads makes the log longer, never shorter
        var last = await LedgerCheckpoints.FindAsync(connection, request.Community, null, cancellationToken);
        var recent = await connection.RowsAsync<CheckpointLine>(
            """
            select p.size, p.signed_at, (select count(*) from log_cosignature s where s.community_id = p.community_id and s.size = p.size)::int as witnesses
            from log_checkpoint p where p.community_id = @Community order by p.size desc limit @Shown
            """,
            new { request.Community, Shown },
            cancellationToken);
        var lines = await connection.RowsAsync<LedgerKeyLine>(
            """
            select k.name, k.role, k.public_key as key, k.added_at, k.removed_at,
                (select max(s.size) from log_cosignature s where s.community_id = k.community_id and s.key_hash = k.key_hash) as last_signed
            from log_key k where k.community_id = @Community order by k.role, k.added_at, k.name
            """,
            new { request.Community },
            cancellationToken);
        return new LedgerView(Checkpoint.OriginOf(code), last, recent, lines, Alarm(remembered, last));
    }

    /// <summary>What can be seen without reading the log; the sequencer looks closer.</summary>
    private static LedgerAlarm? Alarm(SignedState? remembered, CheckpointView? last) => remembered switch
    {
        null => null,
        var signed when (last?.Size ?? 0) < signed.Size => LedgerAlarm.Shorter,
        var signed when last!.Size == signed.Size && !last.Root.AsSpan().SequenceEqual(signed.Root) => LedgerAlarm.Other,
        _ => null,
    };
}

/// <summary>Checkpoints with all that was signed under them.</summary>
internal static class LedgerCheckpoints
{
    /// <param name="size">Null: the last one.</param>
    /// <returns>Null when none of that size was signed.</returns>
    public static async Task<CheckpointView?> FindAsync(NpgsqlConnection connection, CommunityId community, long? size, CancellationToken cancellationToken)
    {
        var row = await connection.RowAsync<Row>(
            """
            select p.size, p.root, p.signed_at, p.note,
                coalesce((select array_agg(s.line order by s.received_at, s.line) from log_cosignature s where s.community_id = p.community_id and s.size = p.size), '{}') as lines
            from log_checkpoint p
            where p.community_id = @community and (@size::bigint is null or p.size = @size)
            order by p.size desc limit 1
            """,
            new { community, size },
            cancellationToken);
        return row is null
            ? null
            : new CheckpointView(
                row.Size, row.Root, row.SignedAt, string.Concat([row.Note, .. row.Lines.Select(line => line + "\n")]), [.. row.Lines.Select(line => NoteSignature.TryParse(line)!.Name)]);
    }

    private sealed record Row(long Size, byte[] Root, DateTimeOffset SignedAt, string Note, string[] Lines);
}

/// <summary>A proof in the text of C2SP tlog-proof: it says how to check itself, and needs no other file.</summary>
internal static class ProofText
{
    public static string Of(long index, IEnumerable<byte[]> hashes, string note) =>
        string.Create(CultureInfo.InvariantCulture, $"c2sp.org/tlog-proof@v1\nindex {index}\n{string.Concat(hashes.Select(hash => Convert.ToBase64String(hash) + "\n"))}\n{note}");
}
