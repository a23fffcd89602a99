using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Residents;

/// <summary>Finds people by part of a name, a door or a telephone number, at most 50. Reading is audited.</summary>
/// <param name="Text">2 to 60 characters.</param>
public sealed record FindResident(Caller Caller, CommunityId Community, string Text) : ICommand<IReadOnlyList<ResidentLine>>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="MaskedPhone">138****1234; null when unknown.</param>
/// <param name="OpenSessions">Phones signed in now.</param>
public sealed record ResidentLine(
    ResidentId Resident,
    string FullName,
    string? MaskedPhone,
    HouseholdId? Household,
    string? Building,
    string? Door,
    bool IsDelegate,
    bool LivesHere,
    int OpenSessions);

/// <summary>A helper acts with a person who needs help (代办), before a witness; 15 minutes. Refused with <c>residents.not-found</c>, <c>residents.witness-required</c>,
/// <c>residents.witness-is-helper</c>, <c>residents.witness-is-voter</c>, <c>residents.close-to-candidate</c>, <c>residents.distance-undeclared</c>.</summary>
/// <param name="IsDistant">Both say that they are no candidate and no candidate's spouse, parent, child, brother or sister; needed while an election of the person's is open.</param>
public sealed record StartAssistedSession(Caller Caller, CommunityId Community, ResidentId Resident, string Witness, bool IsDistant = false) : ICommand<AssistedSession>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Secret">Goes into the cookie.</param>
/// <param name="LeaseUntil">Machine time.</param>
public sealed record AssistedSession(string Secret, DateTimeOffset LeaseUntil, string MaskedName);

/// <summary>A lost phone: ends every session of the resident. Refused with <c>residents.not-found</c>, <c>residents.reason-required</c>.</summary>
/// <returns>How many sessions ended.</returns>
public sealed record RevokeSessions(Caller Caller, CommunityId Community, ResidentId Resident, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Changes a resident's telephone number; their sessions end. Refused with <c>residents.not-found</c>, <c>code.phone-invalid</c>.</summary>
public sealed record ChangePhone(Caller Caller, CommunityId Community, ResidentId Resident, string Phone) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A household moved out, or to another door here. Slips and sessions end; frozen rolls stay as they are. Refused with <c>residents.not-found</c>, <c>residents.already-moved</c>, <c>residents.door-taken</c>, <c>residents.reason-required</c>.</summary>
/// <param name="NewBuilding">Null with <paramref name="NewDoor"/>: they left the community.</param>
/// <returns>The new household, when they stay.</returns>
public sealed record MoveHousehold(
    Caller Caller, CommunityId Community, HouseholdId Household, string? NewBuilding, string? NewDoor, string Reason) : ICommand<HouseholdId?>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Names the delegate who votes for a household, or nobody (any adult then). Refused with <c>residents.not-found</c>, <c>residents.not-of-household</c>. Frozen rolls stay as they are.</summary>
public sealed record NameDelegate(Caller Caller, CommunityId Community, HouseholdId Household, ResidentId? Delegate) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
