using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Ballots that are the caller's: waiting for a vote first (closing time first), then voted, then closed within 90 days.</summary>
public sealed record ListMyBallots(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<BallotLine>>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>All ballots of a project, or of the community when <paramref name="Project"/> is null (newest 200).</summary>
public sealed record ListBallots(Caller Caller, CommunityId Community, ProjectId? Project) : IQuery<IReadOnlyList<BallotLine>>
{
    public Audience Audience => Audience.Everyone;
}
