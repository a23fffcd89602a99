using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Residents;

/// <summary>A resident's running session, for Web's cookie check.</summary>
/// <param name="HelperName">Whose name stands in the frame of an assisted session; null otherwise.</param>
/// <param name="LeaseUntil">End of an assisted session, machine time; null otherwise.</param>
public sealed record ResidentSession(
    CommunityId Community,
    Guid Session,
    ResidentId Resident,
    HouseholdId? Household,
    string MaskedName,
    string Locale,
    Assistance? AssistedBy,
    string? HelperName,
    DateTimeOffset? LeaseUntil)
{
    /// <summary>The session's person as a caller of use cases.</summary>
    public Caller AsCaller() => new(CallerKind.Resident, Resident, Household, null, new HashSet<CommunityId> { Community }, AssistedBy);
}

/// <summary>Finds sessions by the cookie's secret. Idle for 20 minutes, revoked, past its lease, or its helper's account shut: none. A revocation is seen by every node within 3 seconds.</summary>
public interface IResidentSessions
{
    /// <param name="secret">The cookie's value, as <see cref="EntryAnswer.Secret"/> gave it; anything malformed finds nothing.</param>
    ValueTask<ResidentSession?> FindAsync(string secret, CancellationToken cancellationToken);
}
