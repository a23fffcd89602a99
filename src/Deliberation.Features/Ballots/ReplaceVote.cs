using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>A resident votes again in a secret ballot whose rule allows it (改投): the paper that the code belongs to is superseded, its choice is gone, the new one counts.</summary>
/// <remarks>
/// Goes through the batch like a first vote and looks like one in every record (decision 0021). Refused like <see cref="CastVote"/>, and with <c>ballot.replace-code-wrong</c>,
/// whatever is wrong with the code, and <c>ballot.replace-tries</c>. A named vote is cast again with <see cref="CastVote"/>; here, and where the rule makes a vote final, the answer is <c>ballot.already-voted</c>.
/// </remarks>
/// <param name="Code">The replacement code of the receipt of the vote that counts now, in any case, with or without dashes. A new receipt has a new one.</param>
/// <param name="IdempotencyKey">As in <see cref="CastVote"/>; another one than the first vote's.</param>
public sealed record ReplaceVote(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    IReadOnlyList<string> Choices,
    string Code,
    string IdempotencyKey,
    string? Unit = null) : IRequest<Result<CastAnswer>>, ICommunityRequest
{
    public Audience Audience => Audience.Resident;
}

internal sealed class ReplaceVoteHandler(CastChecks checks, VoteBatcher batcher) : IRequestHandler<ReplaceVote, Result<CastAnswer>>
{
    public async Task<Result<CastAnswer>> Handle(ReplaceVote request, CancellationToken cancellationToken)
    {
        var cast = new CastVote(request.Caller, request.Community, request.Ballot, request.Choices, request.IdempotencyKey, request.Unit);
        return await checks.MakeReadyAsync(cast, cancellationToken, replaces: ReplaceCodes.Parse(request.Code)) switch
        {
            Result<PendingCast>.Accepted { Value: { Definition: { IsSecret: true, MayReplace: true } } ready } => await batcher.CastAsync(ready, cancellationToken),
            Result<PendingCast>.Accepted => BallotRefusals.AlreadyVoted,
            Result<PendingCast>.Refused { Reason: var reason } => reason,
            _ => throw new InvalidOperationException(),
        };
    }
}
