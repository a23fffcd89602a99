using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Pledges;

/// <summary>Notes that a promise was kept.</summary>
/// <param name="Proof">Receipt number, photo reference or witness; 1–500 characters.</param>
public sealed record KeepPledge(Caller Caller, CommunityId Community, Guid Pledge, string Proof) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Closes a promise that was not kept: waived by the council, or unkept.</summary>
/// <param name="IsWaived">True = waived; false = unkept.</param>
public sealed record ClosePledge(Caller Caller, CommunityId Community, Guid Pledge, bool IsWaived, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
