using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>All questions of one paper with the caller's own units, in the order in which they were opened. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetPaper(Caller Caller, CommunityId Community, Guid Paper) : IQuery<IReadOnlyList<BallotView>>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

internal sealed class GetPaperHandler(CouncilSession session) : IRequestHandler<GetPaper, Result<IReadOnlyList<BallotView>>>
{
    public async Task<Result<IReadOnlyList<BallotView>>> Handle(GetPaper request, CancellationToken cancellationToken)
    {
        var ids = await session.Connection.QueryAsync<BallotId>(new CommandDefinition(
            "select ballot_id from ballot where community_id = @Community and paper_id = @Paper order by ballot_id",
            new { request.Community, request.Paper },
            cancellationToken: cancellationToken));
        var ballots = new List<BallotView>();
        foreach (var id in ids)
        {
            ballots.Add((await BallotReading.FindAsync(session.Connection, request.Community, id, request.Caller.Resident, cancellationToken))!);
        }

        return ballots.Count > 0 ? ballots : BallotRefusals.NotFound;
    }
}
