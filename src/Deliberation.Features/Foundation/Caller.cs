using Deliberation.Domain;

namespace Deliberation.Features.Foundation;

/// <summary>Who asks. Built by Web from the session, never from the form.</summary>
public enum CallerKind
{
    Anonymous,
    Resident,
    Staff,
    Admin,
    Official,
    Supervisor,

    /// <summary>The product itself: timers, seeding.</summary>
    System,
}

/// <summary>The person behind a request and the communities in which that person may act.</summary>
/// <param name="Resident">Set for residents.</param>
/// <param name="Household">The household a resident acts for; null for an owner who lives elsewhere.</param>
/// <param name="Staff">Set for staff, admins, officials and supervisors.</param>
/// <param name="Communities">Where the caller has any right at all. Empty for strangers.</param>
/// <param name="AssistedBy">Staff and witness when a resident is being assisted (代办); null otherwise.</param>
public sealed record Caller(
    CallerKind Kind,
    ResidentId? Resident,
    HouseholdId? Household,
    StaffId? Staff,
    IReadOnlySet<CommunityId> Communities,
    Assistance? AssistedBy = null)
{
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, null, null, null, new HashSet<CommunityId>());

    public static Caller System { get; } = new(CallerKind.System, null, null, null, new HashSet<CommunityId>());

    /// <summary>Id written to the audit trail.</summary>
    public Guid? ActorId => Staff?.Value ?? Resident?.Value;

    public string ActorKind => Kind switch
    {
        CallerKind.Anonymous => "Anonymous",
        CallerKind.Resident => "Resident",
        CallerKind.System => "System",
        _ => "Staff",
    };

    public bool Covers(CommunityId community) => Kind == CallerKind.System || Communities.Contains(community);
}

/// <summary>An assisted session: the helper and the witness, both on record.</summary>
public sealed record Assistance(StaffId Helper, string Witness);
