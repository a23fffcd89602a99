using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Objects to a notice (异议), with a reason, within its window.</summary>
/// <param name="Reason">1–2,000 characters.</param>
public sealed record FileObjection(Caller Caller, CommunityId Community, Guid Notice, string Reason) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident;
}
