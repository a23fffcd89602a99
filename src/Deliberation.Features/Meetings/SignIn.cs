using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Signs a household or an owner who lives elsewhere in at the door (签到). Again changes nothing: a household counts once.</summary>
/// <param name="Household">Set, or <paramref name="Resident"/> is.</param>
/// <returns>Number signed in now.</returns>
public sealed record SignIn(Caller Caller, CommunityId Community, Guid Meeting, HouseholdId? Household, ResidentId? Resident) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Signs the calling resident's household in, from one hour before the meeting until it is concluded.</summary>
public sealed record SignInMyself(Caller Caller, CommunityId Community, Guid Meeting) : ICommand<int>
{
    public Audience Audience => Audience.Resident;
}
