using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>A resident votes (投票). Joins its node's batch; answered after that batch's commit.</summary>
/// <remarks>
/// Refused with <c>ballot.not-found</c>, <c>ballot.not-open-yet</c>, <c>ballot.window-closed</c>, <c>ballot.paused</c>, <c>ballot.cancelled</c>, <c>ballot.paper-only</c>,
/// <c>ballot.not-on-roll</c>, <c>ballot.unit-required</c>, <c>ballot.already-voted</c>, <c>ballot.no-choice</c>, <c>ballot.too-many-choices</c>,
/// <c>ballot.unknown-option</c>, <c>ballot.not-a-rank</c>, <c>ballot.rank-gap</c>, <c>ballot.rank-tie</c>, <c>ballot.not-a-score</c>, <c>ballot.objection-reason</c>, <c>idempotency.key-required</c>, <c>idempotency.key-reused</c>,
/// and when assisted <c>residents.close-to-candidate</c>.
/// </remarks>
/// <param name="Choices"><c>For</c>, <c>Against</c> or <c>Abstain</c>; with options, their ids, or <c>id=n</c> where the rule ranks or scores (<see cref="PaperForm"/>). A named vote may be cast again until the close: the later one counts; a secret one with <see cref="ReplaceVote"/> where its rule allows it.</param>
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

internal sealed class CastVoteHandler(CastChecks checks, VoteBatcher batcher) : IRequestHandler<CastVote, Result<CastAnswer>>
{
    public async Task<Result<CastAnswer>> Handle(CastVote request, CancellationToken cancellationToken) =>
        await checks.MakeReadyAsync(request, cancellationToken) switch
        {
            Result<PendingCast>.Accepted { Value: var cast } => await batcher.CastAsync(cast, cancellationToken),
            Result<PendingCast>.Refused { Reason: var reason } => reason,
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>What of a vote can be checked before its transaction; then it is sealed and waits for its batch.</summary>
internal sealed class CastChecks(BallotDefinitions definitions, NpgsqlDataSource dataSource)
{
    /// <param name="replaces">Code of the secret paper that this one takes the place of; null for a first vote.</param>
    /// <param name="code">Replacement code that all votes of one paper share; null = one of its own, where the rule allows another vote.</param>
    public async ValueTask<Result<PendingCast>> MakeReadyAsync(CastVote request, CancellationToken cancellationToken, byte[]? replaces = null, byte[]? code = null)
    {
        if (request.IdempotencyKey is not { Length: >= 16 and <= 128 })
        {
            return BallotRefusals.KeyRequired;
        }

        if (await definitions.FindAsync(request.Community, request.Ballot, cancellationToken) is not { } definition)
        {
            return BallotRefusals.NotFound;
        }

        if (definition.PaperOnly is { } place)
        {
            return BallotRefusals.PaperOnly(place.OfficeHours, place.Phone);
        }

        if (BallotRefusals.Choices(request.Choices, definition.Choices, definition.MaxChoices) is { } refusal)
        {
            return refusal;
        }

        if (request.Caller.AssistedBy is not null && await IsCloseToCandidateAsync(request, cancellationToken))
        {
            return ResidentRefusals.CloseToCandidate;
        }

        var paper = definition.IsSecret ? SecretPaper.Of(request.Choices) : null;
        return new Result<PendingCast>.Accepted(
            new PendingCast
            {
                Community = request.Community,
                Definition = definition,
                Resident = request.Caller.Resident!.Value,
                RequestedUnit = request.Unit,
                Choices = [.. request.Choices],
                Helper = request.Caller.AssistedBy?.Helper.Value,
                Witness = request.Caller.AssistedBy?.Witness,
                Key = new CastKey(request.IdempotencyKey, request.Ballot, request.Unit, replaces is null ? request.Choices : [.. request.Choices, $"replaces {Convert.ToHexString(replaces)}"]),
                AnswerOwner = replaces is null ? request.Caller.Resident!.Value : ReplaceCodes.OwnerOf(request.Caller.Resident!.Value, request.IdempotencyKey),
                Replaces = replaces,
                ReplaceCode = definition is { IsSecret: true, MayReplace: true } ? code ?? ReplaceCodes.New() : null,
                Commitment = paper?.Commitment(request.Ballot),
                Salt = paper is null ? RandomNumberGenerator.GetBytes(Commitments.NamedSaltLength) : null,
                Sealed = paper is null ? null : definition.Sealer!.Seal(paper),
                RowId = definition.IsSecret ? Guid.NewGuid() : Guid.CreateVersion7(),
            });
    }

    /// <summary>Once more at the vote: the election may have opened after the session.</summary>
    private async Task<bool> IsCloseToCandidateAsync(CastVote request, CancellationToken cancellationToken)
    {
        var (helper, witness) = request.Caller.AssistedBy!;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return (await Assisting.FindAsync(connection, request.Community, request.Caller.Resident!.Value, request.Ballot, helper, witness, cancellationToken)).IsClose;
    }
}
