using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Registers a written proxy (委托书) for one ballot and unit. A holder acts for at most three units and is never a candidate.
/// Refused with <c>proxy.too-many</c>, <c>proxy.holder-is-candidate</c>, <c>proxy.holder-unknown</c>, <c>proxy.own-unit</c>, <c>proxy.already-granted</c>, <c>proxy.document-required</c>, <c>ballot.already-voted</c>.</summary>
/// <param name="Document">Number or place of the written proxy, 2 to 120 characters.</param>
public sealed record GrantProxy(
    Caller Caller, CommunityId Community, BallotId Ballot, string Unit, ResidentId Holder, string Document) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Withdraws a proxy: by staff, or by a person of the unit. A vote already cast under it stays until the principal votes. Refused with <c>proxy.not-found</c>.</summary>
public sealed record WithdrawProxy(Caller Caller, CommunityId Community, BallotId Ballot, string Unit) : ICommand<Done>
{
    public Audience Audience => Audience.Workers | Audience.Resident;
}

/// <summary>Proxies of a ballot; names of giver and holder are published to the roll, masked.</summary>
public sealed record ListProxies(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<IReadOnlyList<ProxyLine>>
{
    public Audience Audience => Audience.Readers | Audience.Resident;
}

public sealed record ProxyLine(string Unit, string UnitLabel, string HolderName, string Document, DateTimeOffset GrantedAt, DateTimeOffset? WithdrawnAt);
