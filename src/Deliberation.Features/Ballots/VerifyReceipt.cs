using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Looks a receipt up by its code. Anybody may; a wrong code and an unknown one get the same answer.</summary>
/// <param name="Code">Any case, with or without dashes.</param>
public sealed record VerifyReceipt(Caller Caller, CommunityId Community, string Code) : IQuery<ReceiptStatus>
{
    public Audience Audience => Audience.Everyone;
}

public enum ReceiptState
{
    /// <summary>No such receipt here.</summary>
    Unknown,

    /// <summary>Received; the ballot is not counted yet.</summary>
    Received,

    /// <summary>Counted.</summary>
    Counted,

    /// <summary>A later vote of the same unit took its place.</summary>
    Replaced,

    /// <summary>The ballot was cancelled or voided: no vote counts.</summary>
    Void,
}

/// <param name="Ballot">Null when unknown.</param>
/// <param name="ClosesAt">Null when unknown.</param>
public sealed record ReceiptStatus(ReceiptState State, BallotId? Ballot, string? Question, DateTimeOffset? ClosesAt);
