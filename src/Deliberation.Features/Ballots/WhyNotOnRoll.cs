using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Why a person is, or is not, on a ballot's roll, in words. Residents ask about themselves; staff name a resident.</summary>
/// <param name="Resident">Null = the caller. A resident who names another is refused with <c>access.not-allowed</c>.</param>
public sealed record WhyNotOnRoll(Caller Caller, CommunityId Community, BallotId Ballot, ResidentId? Resident = null) : IQuery<RollAnswer>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <param name="IsOnRoll">The person may act for at least one unit.</param>
/// <param name="TextKey">
/// <c>ballots.roll.on-roll</c>, <c>ballots.roll.not-owner</c>, <c>ballots.roll.parking-only</c>, <c>ballots.roll.other-building</c>, <c>ballots.roll.under-age</c>,
/// <c>ballots.roll.delegate-votes</c>, <c>ballots.roll.no-household</c>, <c>ballots.roll.moved-out</c>, <c>ballots.roll.not-member</c>, <c>ballots.roll.removed</c>, <c>ballots.roll.joined-later</c>.
/// </param>
/// <param name="Values">What the text fills in.</param>
public sealed record RollAnswer(bool IsOnRoll, string TextKey, IReadOnlyDictionary<string, string> Values);
