using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>One ballot with the caller's own units. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetBallot(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<BallotView>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

internal sealed class GetBallotHandler(CouncilSession session) : IRequestHandler<GetBallot, Result<BallotView>>
{
    public async Task<Result<BallotView>> Handle(GetBallot request, CancellationToken cancellationToken) =>
        await BallotReading.FindAsync(session.Connection, request.Community, request.Ballot, request.Caller.Resident, cancellationToken) is { } ballot
            ? ballot
            : BallotRefusals.NotFound;
}
