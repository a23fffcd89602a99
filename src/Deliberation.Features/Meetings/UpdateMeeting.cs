using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Sets place, time and the number of members who should come. A new time or place is told to those invited.</summary>
/// <param name="ExpectedCount">1 or more; null keeps it.</param>
public sealed record UpdateMeeting(Caller Caller, CommunityId Community, Guid Meeting, string Place, DateTimeOffset MeetsAt, int? ExpectedCount) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
