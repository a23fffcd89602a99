using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>A resident votes (投票). Joins its node's batch; answered after that batch's commit.</summary>
/// <remarks>
/// Refused with <c>ballot.not-found</c>, <c>ballot.not-open-yet</c>, <c>ballot.window-closed</c>, <c>ballot.paused</c>, <c>ballot.cancelled</c>,
/// <c>ballot.not-on-roll</c>, <c>ballot.unit-required</c>, <c>ballot.already-voted</c>, <c>ballot.no-choice</c>, <c>ballot.too-many-choices</c>,
/// <c>ballot.unknown-option</c>, <c>idempotency.key-required</c>, <c>idempotency.key-reused</c>.
/// </remarks>
/// <param name="Choices"><c>For</c>, <c>Against</c> or <c>Abstain</c>; with options, their ids. A named vote may be cast again until the close: the later one counts.</param>
/// <param name="IdempotencyKey">16 to 128 characters, made at random by the form; the same key with the same choices gives the same answer until 24 h after the close.</param>
/// <param name="Unit">Which of the caller's voting units; null when there is one.</param>
public sealed record CastVote(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    IReadOnlyList<string> Choices,
    string IdempotencyKey,
    string? Unit = null) : IRequest<Result<CastAnswer>>, ICommunityRequest
{
    public Audience Audience => Audience.Resident;
}

internal sealed class CastVoteHandler(BallotDefinitions definitions, VoteBatcher batcher) : IRequestHandler<CastVote, Result<CastAnswer>>
{
    public async Task<Result<CastAnswer>> Handle(CastVote request, CancellationToken cancellationToken)
    {
        if (request.IdempotencyKey is not { Length: >= 16 and <= 128 })
        {
            return BallotRefusals.KeyRequired;
        }

        if (await definitions.FindAsync(request.Community, request.Ballot, cancellationToken) is not { } definition)
        {
            return BallotRefusals.NotFound;
        }

        if (BallotRefusals.Choices(request.Choices, definition.Choices, definition.MaxChoices) is { } refusal)
        {
            return refusal;
        }

        var paper = definition.IsSecret ? SecretPaper.Of(request.Choices) : null;
        var commitment = paper?.Commitment(request.Ballot);
        return await batcher.CastAsync(
            new PendingCast
            {
                Community = request.Community,
                Definition = definition,
                Resident = request.Caller.Resident!.Value,
                RequestedUnit = request.Unit,
                Choices = [.. request.Choices],
                Helper = request.Caller.AssistedBy?.Helper.Value,
                Witness = request.Caller.AssistedBy?.Witness,
                Key = new CastKey(request.IdempotencyKey, request.Ballot, request.Unit, request.Choices),
                Receipt = commitment?[..ReceiptCodes.Length] ?? RandomNumberGenerator.GetBytes(ReceiptCodes.Length),
                Commitment = commitment,
                Sealed = paper is null ? null : definition.Sealer!.Seal(paper),
                RowId = definition.IsSecret ? Guid.NewGuid() : Guid.CreateVersion7(),
            },
            cancellationToken);
    }
}
