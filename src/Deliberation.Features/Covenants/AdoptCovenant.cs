using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Adopts the draft as a new version, after comments have closed; the workflow goes on.</summary>
/// <returns>The version.</returns>
public sealed record AdoptCovenant(Caller Caller, CommunityId Community, Guid Covenant) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Gives the draft up, with a reason.</summary>
public sealed record WithdrawCovenant(Caller Caller, CommunityId Community, Guid Covenant, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}
