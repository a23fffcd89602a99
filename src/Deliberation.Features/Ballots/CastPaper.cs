using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>A resident hands in one paper with several questions: all its votes are cast, or none. Each has an idempotency key of its own, made from the paper's.</summary>
/// <remarks>Refused like <see cref="CastVote"/>, and with <c>ballot.not-on-paper</c>. The first question that is refused says why for all.</remarks>
/// <param name="Votes">1 to 20, at most one for each question of the paper. A question that is left out keeps what was cast for it before.</param>
/// <param name="IdempotencyKey">As in <see cref="CastVote"/>.</param>
public sealed record CastPaper(
    Caller Caller,
    CommunityId Community,
    Guid Paper,
    IReadOnlyList<PaperVote> Votes,
    string IdempotencyKey,
    string? Unit = null) : IRequest<Result<IReadOnlyList<CastAnswer>>>, ICommunityRequest
{
    public Audience Audience => Audience.Resident;
}

public sealed record PaperVote(BallotId Ballot, IReadOnlyList<string> Choices);

internal sealed class CastPaperHandler(CastChecks checks, BallotDefinitions definitions, VoteBatcher batcher) : IRequestHandler<CastPaper, Result<IReadOnlyList<CastAnswer>>>
{
    private const int Most = 20;

    public async Task<Result<IReadOnlyList<CastAnswer>>> Handle(CastPaper request, CancellationToken cancellationToken)
    {
        if (request.IdempotencyKey is not { Length: >= 16 and <= 128 })
        {
            return BallotRefusals.KeyRequired;
        }

        if (request.Votes.Count is 0 or > Most)
        {
            return BallotRefusals.NoChoice;
        }

        var code = ReplaceCodes.New(); // one for the paper; what is kept of it differs with each question
        var votes = new List<PendingCast>();
        foreach (var vote in request.Votes)
        {
            if (await definitions.FindAsync(request.Community, vote.Ballot, cancellationToken) is not { } definition
                || definition.Paper != request.Paper
                || votes.Exists(other => other.Ballot == vote.Ballot))
            {
                return BallotRefusals.NotOnPaper;
            }

            var cast = new CastVote(request.Caller, request.Community, vote.Ballot, vote.Choices, KeyOf(request.IdempotencyKey, vote.Ballot), request.Unit);
            switch (await checks.MakeReadyAsync(cast, cancellationToken, code: code))
            {
                case Result<PendingCast>.Refused { Reason: var reason }:
                    return reason;
                case Result<PendingCast>.Accepted { Value: var ready }:
                    votes.Add(ready);
                    break;
            }
        }

        var answers = new List<CastAnswer>();
        foreach (var outcome in await batcher.CastPaperAsync(votes))
        {
            if (outcome is Result<CastAnswer>.Refused { Reason: var reason })
            {
                return reason;
            }

            answers.Add(outcome.Require());
        }

        return answers;
    }

    private static string KeyOf(string key, BallotId ballot) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{ballot}")));
}
