using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Stops taking votes until resumed; everybody on the roll is told why. Refused with <c>ballot.not-found</c>, <c>ballot.not-running</c>, <c>ballot.reason-required</c>.</summary>
/// <param name="Reason">5 to 300 characters, shown to residents.</param>
public sealed record PauseBallot(Caller Caller, CommunityId Community, BallotId Ballot, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Takes votes again; the closing instant moves by the time paused. Refused with <c>ballot.not-found</c>, <c>ballot.not-paused</c>.</summary>
/// <returns>The new closing instant.</returns>
public sealed record ResumeBallot(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<DateTimeOffset>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a ballot without a count; everybody on the roll is told why. The waiting workflow gets outcome <c>Voided</c>. Refused with <c>ballot.not-found</c>, <c>ballot.not-running</c>, <c>ballot.reason-required</c>.</summary>
public sealed record CancelBallot(Caller Caller, CommunityId Community, BallotId Ballot, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}
