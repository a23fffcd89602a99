using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Residents;

/// <summary>Names of residents that a form already speaks of by id, for staff who go on with it. Ids of nobody here are left out.</summary>
public sealed record ListNames(Caller Caller, CommunityId Community, IReadOnlyList<Guid> Residents) : IQuery<IReadOnlyDictionary<Guid, string>>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListNamesHandler(CouncilSession session) : IRequestHandler<ListNames, Result<IReadOnlyDictionary<Guid, string>>>
{
    public async Task<Result<IReadOnlyDictionary<Guid, string>>> Handle(ListNames request, CancellationToken cancellationToken) =>
        (await session.Connection.QueryAsync<(Guid Resident, string Name)>(new CommandDefinition(
            """
            select r.resident_id, concat_ws(' ', h.door, r.full_name)
            from resident r left join household h on h.community_id = r.community_id and h.household_id = r.household_id
            where r.community_id = @Community and r.resident_id = any (@ids)
            """,
            new { request.Community, ids = request.Residents.ToArray() },
            cancellationToken: cancellationToken))).ToDictionary(row => row.Resident, row => row.Name);
}
