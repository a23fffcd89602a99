using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Looks a receipt up by its code. Anybody may; a wrong code and an unknown one get the same answer.</summary>
/// <param name="Code">Any case, with or without dashes.</param>
public sealed record VerifyReceipt(Caller Caller, CommunityId Community, string Code) : IQuery<ReceiptStatus>
{
    public Audience Audience => Audience.Everyone;
}

public enum ReceiptState
{
    /// <summary>No such receipt here.</summary>
    Unknown,

    /// <summary>Received; the ballot is not counted yet.</summary>
    Received,

    /// <summary>Counted.</summary>
    Counted,

    /// <summary>A later vote of the same unit took its place.</summary>
    Replaced,

    /// <summary>The ballot was cancelled or voided: no vote counts.</summary>
    Void,
}

/// <param name="Ballot">Null when unknown.</param>
/// <param name="ClosesAt">Null when unknown.</param>
/// <param name="Words">The three check words of the code, as the receipt shows them; empty when unknown.</param>
public sealed record ReceiptStatus(ReceiptState State, BallotId? Ballot, string? Question, DateTimeOffset? ClosesAt, IReadOnlyList<CheckWord> Words)
{
    /// <summary>Where the vote stands in the log; null while it waits to be appended, and for ballots without a log.</summary>
    public ReceiptPlace? Place { get; init; }

    /// <summary>It waits to be appended to the log.</summary>
    public bool IsWaiting { get; init; }

    public static ReceiptStatus Unknown { get; } = new(ReceiptState.Unknown, null, null, null, []);
}

/// <param name="Index">Place in the log, 0 first.</param>
/// <param name="Checkpoint">The last signed state of the log.</param>
public sealed record ReceiptPlace(long Index, CheckpointView Checkpoint);

internal sealed class VerifyReceiptHandler(CouncilSession session) : IRequestHandler<VerifyReceipt, Result<ReceiptStatus>>
{
    public async Task<Result<ReceiptStatus>> Handle(VerifyReceipt request, CancellationToken cancellationToken)
    {
        if (ReceiptCodes.TryParse(request.Code ?? "") is not { } receipt)
        {
            return ReceiptStatus.Unknown;
        }

        // A secret ballot's receipt is the beginning of its commitment: looked up as a range, in the intake before and among the openings after the close.
        // Superseded ones are told apart in the intake before and have a table of their own after the close. Of a cancelled ballot only the log still knows.
        var from = LedgerVotes.Padded(receipt, 0);
        var until = LedgerVotes.Padded(receipt, 0xff);
        var found = await session.Connection.QueryFirstOrDefaultAsync<Row>(new CommandDefinition(
            """
            select c.code, b.ballot_id, b.question, b.closes_at, b.state, r.is_replaced
            from (
                select ballot_id, false as is_replaced from vote where community_id = @Community and receipt = @receipt
                union all
                select ballot_id, true from vote_replaced where community_id = @Community and receipt = @receipt
                union all
                select ballot_id, sealed is null from ballot_intake where community_id = @Community and commitment between @from and @until
                union all
                select o.ballot_id, false from ballot x join opening o using (community_id, ballot_id)
                where x.community_id = @Community and x.secrecy = 'Secret' and o.commitment between @from and @until
                union all
                select s.ballot_id, true from ballot x join superseded s using (community_id, ballot_id)
                where x.community_id = @Community and x.secrecy = 'Secret' and s.commitment between @from and @until
                union all
                select ballot_id, false from log_leaf join ballot using (community_id, ballot_id)
                where community_id = @Community and commitment between @from and @until and state in ('Cancelled', 'Voided')
                union all
                select ballot_id, false from log_pending join ballot using (community_id, ballot_id)
                where community_id = @Community and entry between @from and @until and kind is null and state in ('Cancelled', 'Voided')
            ) r
            join ballot b on b.community_id = @Community and b.ballot_id = r.ballot_id
            join community c on c.community_id = b.community_id
            order by r.is_replaced desc
            """,
            new { request.Community, receipt, from, until },
            cancellationToken: cancellationToken));
        if (found is null)
        {
            return ReceiptStatus.Unknown;
        }

        var vote = await LedgerVotes.FindAsync(session.Connection, request.Community, receipt, cancellationToken);
        var checkpoint = vote?.Index is null ? null : await LedgerCheckpoints.FindAsync(session.Connection, request.Community, null, cancellationToken);
        return new ReceiptStatus(
            found switch
            {
                { State: BallotState.Cancelled or BallotState.Voided } => ReceiptState.Void,
                { IsReplaced: true } => ReceiptState.Replaced,
                { State: BallotState.Open or BallotState.Paused or BallotState.Counting } => ReceiptState.Received,
                _ => ReceiptState.Counted,
            },
            found.BallotId,
            found.Question,
            found.ClosesAt,
            CheckWords.Of(ReceiptCodes.Format(found.Code, receipt)))
        {
            IsWaiting = vote is { Index: null },
            Place = checkpoint is null ? null : new ReceiptPlace(vote!.Index!.Value, checkpoint),
        };
    }

    private sealed record Row(string Code, BallotId BallotId, string Question, DateTimeOffset ClosesAt, BallotState State, bool IsReplaced);
}
