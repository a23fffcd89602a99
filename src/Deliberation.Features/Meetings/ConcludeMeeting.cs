using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Ends a meeting. <c>Held</c> needs a quorum and approved minutes, <c>Inquorate</c> that there was none, <c>Cancelled</c> a reason.</summary>
/// <param name="Outcome">Held, Inquorate or Cancelled.</param>
/// <param name="OpenPoints">What stays open; opens the agenda of the next round.</param>
/// <param name="PlanVersion">Version of the plan agreed on; null when none.</param>
public sealed record ConcludeMeeting(
    Caller Caller,
    CommunityId Community,
    Guid Meeting,
    string Outcome,
    IReadOnlyList<string> OpenPoints,
    int? PlanVersion,
    string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
