using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Residents;

/// <summary>Makes a new slip for a household, or for an owner who lives elsewhere; older slips of the same holder are revoked ("print anew").
/// Exactly one of household and resident. Refused with <c>residents.not-found</c>.</summary>
/// <param name="Secret">Null: random, as always outside demo data and tests.</param>
public sealed record IssueSlip(Caller Caller, CommunityId Community, HouseholdId? Household, ResidentId? Resident, string? Secret = null) : ICommand<IssuedSlip>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Token">Printed as QR <c>/q/{token}</c>; not stored, shown once.</param>
public sealed record IssuedSlip(Guid Slip, string Token, string Building, string Door);

/// <summary>Takes a slip back; sessions begun with a slip of that household end. Refused with <c>slip.unknown</c>, <c>residents.reason-required</c>.</summary>
public sealed record RevokeSlip(Caller Caller, CommunityId Community, Guid Slip, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Slips of a household, newest first; never their text.</summary>
public sealed record ListSlips(Caller Caller, CommunityId Community, HouseholdId Household) : IQuery<IReadOnlyList<SlipLine>>
{
    public Audience Audience => Audience.Workers;
}

public sealed record SlipLine(Guid Slip, DateTimeOffset IssuedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? RevokedReason);
