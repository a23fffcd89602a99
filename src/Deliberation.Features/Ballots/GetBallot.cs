using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>One ballot with the caller's own units. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetBallot(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<BallotView>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}
