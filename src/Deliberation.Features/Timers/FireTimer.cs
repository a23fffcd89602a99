using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>Makes a timer due now, with a reason; the original instant stays on record.</summary>
public sealed record FireTimer(Caller Caller, CommunityId Community, Guid InstanceId, string BookmarkId, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Tries what was parked after repeated failures once more: the instance's timers and events.</summary>
/// <returns>How many were released.</returns>
public sealed record RetryParked(Caller Caller, CommunityId Community, Guid InstanceId, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Admin;
}
