using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ledger;

/// <summary>What the holder of a receipt can hold against the log: a signed promise while the vote waits, a proof once it is there. Never the choice.
/// A wrong code, an unknown one and one of a ballot without a log get the same answer: <c>ledger.not-found</c>.</summary>
/// <remarks>The promise is made here and not with the vote's answer: casting stays cheap, and the stored answer the same to the byte (decision 0012).</remarks>
public sealed record GetReceiptEvidence(Caller Caller, CommunityId Community, string Receipt) : IQuery<ReceiptEvidence>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="Inclusion">Null while the vote waits to be appended.</param>
/// <param name="Promise">A signed note; null once it is kept, and on a node without the log's key.</param>
/// <param name="PromisedBy">Council time by which the vote is in the log.</param>
public sealed record ReceiptEvidence(InclusionView? Inclusion, string? Promise, DateTimeOffset? PromisedBy)
{
    /// <summary>For keeping; null when there is nothing yet.</summary>
    public string? Text => Inclusion?.Text ?? Promise;
}

internal sealed class GetReceiptEvidenceHandler(CouncilSession session, LedgerKeys keys) : IRequestHandler<GetReceiptEvidence, Result<ReceiptEvidence>>
{
    public async Task<Result<ReceiptEvidence>> Handle(GetReceiptEvidence request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (ReceiptCodes.TryParse(request.Receipt ?? "") is not { } receipt || await LedgerVotes.FindAsync(connection, request.Community, receipt, cancellationToken) is not { } vote)
        {
            return LedgerRefusals.NotFound;
        }

        if (vote.Index is { } index && await LedgerCheckpoints.FindAsync(connection, request.Community, null, cancellationToken) is { } checkpoint)
        {
            var subtree = await LedgerTree.LoadAsync(connection, request.Community, checkpoint.Size, [index], cancellationToken);
            return new ReceiptEvidence(
                new InclusionView(index, vote.Body, vote.LeafHash, MerkleTree.Inclusion(index, checkpoint.Size, subtree), checkpoint), null, null);
        }

        var signing = await connection.ScalarAsync<byte[]?>(
            "select key_hash from log_key where community_id = @Community and role = 'Log' and removed_at is null", new { request.Community }, cancellationToken);
        using var signer = signing is null ? null : keys.TryOpen(request.Community, signing);
        if (signer is null)
        {
            return new ReceiptEvidence(null, null, null);
        }

        // A minute of machine time, in which the sequencer keeps its word, as council time: a demo's clock may run faster.
        var row = await connection.RowAsync<Row>(
            "select c.code, council_now() + interval '1 minute' * k.rate as until from community c, council_clock k where c.community_id = @Community",
            new { request.Community },
            cancellationToken);
        var origin = Checkpoint.OriginOf(row!.Code);
        var text = $"{origin}/promise\n{Convert.ToBase64String(vote.LeafHash)}\n{row.Until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\n";
        return new ReceiptEvidence(null, new SignedNote(text, [NoteKey.Sign(origin, signer, text)]).ToString(), row.Until);
    }

    private sealed record Row(string Code, DateTimeOffset Until);
}
