using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>
/// What the log is to say, written in the transaction that it follows from; the sequencer appends it later.
/// Everything but the first asks whether the ballot is in the log: one opened before there was a log stays outside.
/// </summary>
internal static class LedgerWriting
{
    /// <summary>The ballot's first entry. Its row says already that it is in the log.</summary>
    public static async Task LogOpenedAsync(
        this NpgsqlConnection connection, CommunityId community, BallotId ballot, string definition, byte[] roll, int units, CancellationToken cancellationToken)
    {
        await connection.KeepAsync(community, ballot, "definition", 1, definition, cancellationToken);
        await connection.PendAsync(community, ballot, "ballot-opened", LeafBody.BallotOpened(ballot, Hash(definition), roll, units), cancellationToken);
    }

    /// <summary>After a frozen roll was corrected.</summary>
    /// <param name="change">Added, Removed or Restored.</param>
    public static async Task LogRollAmendedAsync(this NpgsqlConnection connection, CommunityId community, BallotId ballot, string change, CancellationToken cancellationToken)
    {
        var salt = await connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "select roll_salt from ballot where community_id = @community and ballot_id = @ballot and is_logged", new { community, ballot }, cancellationToken: cancellationToken));
        if (salt is null)
        {
            return;
        }

        var units = await connection.RowsAsync<LedgerUnit>(
            "select unit_key as key, persons, area_hundredths from roll_entry where community_id = @community and ballot_id = @ballot and not is_removed",
            new { community, ballot },
            cancellationToken);
        await connection.PendAsync(
            community, ballot, "roll-amended", LeafBody.RollAmended(ballot, change, LedgerRoll.Root(units, salt), units.Count), cancellationToken);
    }

    /// <summary>One vote; the batch of casts writes its own, many at once.</summary>
    public static Task LogVoteAsync(this NpgsqlConnection connection, CommunityId community, BallotId ballot, byte[] commitment, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into log_pending (community_id, entry, ballot_id)
            select community_id, @commitment, ballot_id from ballot where community_id = @community and ballot_id = @ballot and is_logged
            """,
            new { community, ballot, commitment },
            cancellationToken);

    /// <summary>The close and the first tally, under the ballot's exclusive lock.</summary>
    /// <param name="papers">As they were counted: of a secret ballot, those in the urn.</param>
    public static async Task LogClosedAsync(
        this NpgsqlConnection connection, BallotRow ballot, JsonObject result, IReadOnlyList<CountedPaper> papers, int participations, CancellationToken cancellationToken)
    {
        if (!await connection.IsLoggedAsync(ballot, cancellationToken))
        {
            return;
        }

        var replaced = await connection.RowsAsync<ReplacedVote>(
            "select unit_key, choices, salt from vote_replaced where community_id = @CommunityId and ballot_id = @BallotId and salt is not null",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        var superseded = await connection.RowsAsync<byte[]>(
            "select commitment from superseded where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken);
        await connection.PendAsync(
            ballot.CommunityId,
            ballot.BallotId,
            "ballot-closed",
            LeafBody.BallotClosed(
                ballot.BallotId, participations, papers.Count, superseded.Concat(replaced.Select(vote => Commitments.Named(ballot.BallotId, vote.UnitKey, vote.Choices, vote.Salt)))),
            cancellationToken);
        await connection.LogTallyAsync(ballot, 1, result, papers, participations, cancellationToken);
    }

    /// <summary>A recount's tally, beside those before it; its result says the reason. Nothing for a ballot outside the log.</summary>
    public static async Task LogRecountAsync(
        this NpgsqlConnection connection, BallotRow ballot, int version, JsonObject result, IReadOnlyList<CountedPaper> papers, int participations, CancellationToken cancellationToken)
    {
        if (await connection.IsLoggedAsync(ballot, cancellationToken))
        {
            await connection.LogTallyAsync(ballot, version, result, papers, participations, cancellationToken);
        }
    }

    private static Task LogTallyAsync(
        this NpgsqlConnection connection, BallotRow ballot, int version, JsonObject result, IReadOnlyList<CountedPaper> papers, int participations, CancellationToken cancellationToken) =>
        connection.LogTallyAsync(
            ballot.CommunityId,
            ballot.BallotId,
            version,
            LedgerDocuments.Tally(
                ballot.BallotId, version, result, participations, papers.Count, papers.Count(p => p.Status == "Spoilt"), papers.Count(p => p.Status == "SetAside")),
            cancellationToken);

    private static Task<bool> IsLoggedAsync(this NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        "select is_logged from ballot where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken);

    /// <summary>A published tally. Versions after the first are corrections, and stand beside it for ever.</summary>
    public static async Task LogTallyAsync(
        this NpgsqlConnection connection, CommunityId community, BallotId ballot, int version, string tally, CancellationToken cancellationToken)
    {
        await connection.KeepAsync(community, ballot, "tally", version, tally, cancellationToken);
        await connection.PendAsync(community, ballot, "tally-published", LeafBody.TallyPublished(ballot, version, Hash(tally)), cancellationToken);
    }

    public static Task LogCancelledAsync(this NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into log_pending (community_id, entry, ballot_id, kind, place, body)
            select community_id, @entry, ballot_id, 'ballot-cancelled', nextval('log_place'), @body
            from ballot where community_id = @community and ballot_id = @ballot and is_logged
            """,
            new { community, ballot, entry = RandomNumberGenerator.GetBytes(MerkleHash.Length), body = LeafBody.BallotCancelled(ballot) },
            cancellationToken);

    /// <param name="ballot">Null for what concerns none.</param>
    /// <param name="isFirst">Before all else that waits.</param>
    public static Task PendAsync(
        this NpgsqlConnection connection, CommunityId community, BallotId? ballot, string kind, string body, CancellationToken cancellationToken, bool isFirst = false) =>
        connection.RunAsync(
            """
            insert into log_pending (community_id, entry, ballot_id, kind, place, body)
            values (@community, @entry, @ballot, @kind, case when @isFirst then 0 else nextval('log_place') end, @body)
            """,
            new { community, ballot, kind, body, isFirst, entry = RandomNumberGenerator.GetBytes(MerkleHash.Length) },
            cancellationToken);

    private static Task<int> KeepAsync(
        this NpgsqlConnection connection, CommunityId community, BallotId ballot, string kind, int version, string content, CancellationToken cancellationToken) =>
        connection.RunAsync(
            "insert into log_document (community_id, ballot_id, kind, version, content) values (@community, @ballot, @kind, @version, @content)",
            new { community, ballot, kind, version, content },
            cancellationToken);

    private static byte[] Hash(string content) => SHA256.HashData(Encoding.UTF8.GetBytes(content));

    private sealed record ReplacedVote(string UnitKey, string[] Choices, byte[] Salt);
}
