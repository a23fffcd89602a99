using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Operations;

/// <summary>Council time now, for pages that say how long something has been due.</summary>
public sealed record GetNow(Caller Caller, CommunityId Community) : IQuery<DateTimeOffset>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetNowHandler(CouncilSession session) : IRequestHandler<GetNow, Result<DateTimeOffset>>
{
    public async Task<Result<DateTimeOffset>> Handle(GetNow request, CancellationToken cancellationToken) =>
        await session.Connection.CouncilNowAsync(cancellationToken);
}
