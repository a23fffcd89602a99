using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Signs the adopted version by typing one's name.</summary>
/// <param name="TypedName">Must be the registered name, spaces aside: <c>covenant.name-differs</c>.</param>
public sealed record SignCovenant(Caller Caller, CommunityId Community, Guid Covenant, string TypedName) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}
