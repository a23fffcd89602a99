using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ledger;

/// <summary>A signed state of the log. Refused with <c>ledger.not-found</c>.</summary>
/// <param name="Size">Null: the last one.</param>
public sealed record GetCheckpoint(Caller Caller, CommunityId Community, long? Size = null) : IQuery<CheckpointView>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Shows that the vote of a receipt is in the log. A wrong code and an unknown one get the same answer: <c>ledger.not-found</c>; so does a size that was never signed.</summary>
/// <param name="Size">Of a signed state; null: the last one.</param>
public sealed record GetInclusion(Caller Caller, CommunityId Community, string Receipt, long? Size = null) : IQuery<InclusionView>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="Index">Place in the log, 0 first.</param>
/// <param name="Body">What the leaf says: ballot and commitment.</param>
/// <param name="Hashes">From the leaf up.</param>
public sealed record InclusionView(long Index, string Body, byte[] LeafHash, IReadOnlyList<byte[]> Hashes, CheckpointView Checkpoint)
{
    /// <summary>All of it as one text.</summary>
    public string Text => ProofText.Of(Index, Hashes, Checkpoint.Note);
}

/// <summary>Shows that a signed state of the log goes on from an older one. Refused with <c>ledger.not-found</c>.</summary>
/// <param name="From">Size of any earlier state, 1 or more.</param>
/// <param name="To">Of a signed state; null: the last one.</param>
public sealed record GetConsistency(Caller Caller, CommunityId Community, long From, long? To = null) : IQuery<ConsistencyView>
{
    public Audience Audience => Audience.Everyone;
}

public sealed record ConsistencyView(long From, IReadOnlyList<byte[]> Hashes, CheckpointView Checkpoint);

/// <summary>Leaves in their order.</summary>
/// <param name="From">First index wanted, 0 or more.</param>
/// <param name="Count">1 to 1,000.</param>
public sealed record ListLeaves(Caller Caller, CommunityId Community, long From, int Count) : IQuery<IReadOnlyList<LeafLine>>
{
    public Audience Audience => Audience.Everyone;
}

public sealed record LeafLine(long Index, byte[] LeafHash, string Body);

internal sealed class GetProofsHandler(CouncilSession session) :
    IRequestHandler<GetCheckpoint, Result<CheckpointView>>,
    IRequestHandler<GetInclusion, Result<InclusionView>>,
    IRequestHandler<GetConsistency, Result<ConsistencyView>>,
    IRequestHandler<ListLeaves, Result<IReadOnlyList<LeafLine>>>
{
    private const int MostLeaves = 1_000;

    public async Task<Result<CheckpointView>> Handle(GetCheckpoint request, CancellationToken cancellationToken) =>
        await LedgerCheckpoints.FindAsync(session.Connection, request.Community, request.Size, cancellationToken) is { } found ? found : LedgerRefusals.NotFound;

    public async Task<Result<InclusionView>> Handle(GetInclusion request, CancellationToken cancellationToken)
    {
        if (ReceiptCodes.TryParse(request.Receipt ?? "") is not { } receipt
            || await LedgerVotes.FindAsync(session.Connection, request.Community, receipt, cancellationToken) is not { Index: { } index } vote
            || await LedgerCheckpoints.FindAsync(session.Connection, request.Community, request.Size, cancellationToken) is not { } checkpoint
            || index >= checkpoint.Size)
        {
            return LedgerRefusals.NotFound;
        }

        var subtree = await LedgerTree.LoadAsync(session.Connection, request.Community, checkpoint.Size, [index], cancellationToken);
        return new InclusionView(index, vote.Body, vote.LeafHash, MerkleTree.Inclusion(index, checkpoint.Size, subtree), checkpoint);
    }

    public async Task<Result<ConsistencyView>> Handle(GetConsistency request, CancellationToken cancellationToken)
    {
        if (await LedgerCheckpoints.FindAsync(session.Connection, request.Community, request.To, cancellationToken) is not { } checkpoint
            || request.From < 1 || request.From > checkpoint.Size)
        {
            return LedgerRefusals.NotFound;
        }

        var subtree = await LedgerTree.LoadAsync(
            session.Connection, request.Community, checkpoint.Size, [request.From - 1, Math.Min(request.From, checkpoint.Size - 1)], cancellationToken);
        return new ConsistencyView(request.From, MerkleTree.Consistency(request.From, checkpoint.Size, subtree), checkpoint);
    }

    public async Task<Result<IReadOnlyList<LeafLine>>> Handle(ListLeaves request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<LeafLine>>.Accepted(
        [
            .. (await session.Connection.RowsAsync<LeafRow>(
                """
                select idx, leaf_hash, ballot_id, commitment, body from log_leaf
                where community_id = @Community and idx >= @From and idx < @From + @count order by idx
                """,
                new { request.Community, From = Math.Clamp(request.From, 0, long.MaxValue / 2), count = Math.Clamp(request.Count, 1, MostLeaves) },
                cancellationToken)).Select(row => new LeafLine(row.Idx, row.LeafHash, row.Text)),
        ]);
}

/// <summary>A leaf as stored: a vote's body is made of ballot and commitment.</summary>
internal sealed record LeafRow(long Idx, byte[] LeafHash, Guid? BallotId, byte[]? Commitment, string? Body)
{
    public string Text => Body ?? LeafBody.Vote(new BallotId(BallotId!.Value), Commitment!);
}

/// <summary>A vote as the log knows it.</summary>
/// <param name="Index">Null while it waits to be appended.</param>
internal sealed record LedgerVote(BallotId BallotId, byte[] Commitment, long? Index)
{
    public string Body => LeafBody.Vote(BallotId, Commitment);

    public byte[] LeafHash => MerkleHash.Leaf(System.Text.Encoding.UTF8.GetBytes(Body));
}

/// <summary>Votes by their receipts, which are the beginnings of their commitments.</summary>
internal static class LedgerVotes
{
    public static Task<LedgerVote?> FindAsync(Npgsql.NpgsqlConnection connection, CommunityId community, byte[] receipt, CancellationToken cancellationToken) =>
        connection.RowAsync<LedgerVote>(
            """
            select ballot_id, commitment, idx as index from log_leaf where community_id = @community and commitment between @from and @until
            union all
            select ballot_id, entry, null::bigint from log_pending where community_id = @community and entry between @from and @until and kind is null
            limit 1
            """,
            new { community, from = Padded(receipt, 0), until = Padded(receipt, 0xff) },
            cancellationToken);

    /// <summary>The receipt as the end of a range of commitments.</summary>
    public static byte[] Padded(byte[] receipt, byte with)
    {
        var padded = new byte[MerkleHash.Length];
        Array.Fill(padded, with);
        receipt.CopyTo(padded, 0);
        return padded;
    }
}
