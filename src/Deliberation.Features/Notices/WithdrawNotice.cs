using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Takes a notice back, with a public reason; its window then ends as Withdrawn.</summary>
public sealed record WithdrawNotice(Caller Caller, CommunityId Community, Guid Notice, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
