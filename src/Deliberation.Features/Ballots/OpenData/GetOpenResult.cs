using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots.OpenData;

/// <summary>A declared ballot as open data: what was counted, and which choices stood together on papers. Nobody's name, no unit.
/// Refused with <c>ballot.not-found</c>, <c>ballot.not-closed</c>, <c>ballot.counting</c>, <c>ballot.not-declared</c>.</summary>
public sealed record GetOpenResult(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<OpenResult>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetOpenResultHandler(CouncilSession session) : IRequestHandler<GetOpenResult, Result<OpenResult>>
{
    public async Task<Result<OpenResult>> Handle(GetOpenResult request, CancellationToken cancellationToken)
    {
        var answer = await new GetBallotResultHandler(session).Handle(new GetBallotResult(Caller.Anonymous, request.Community, request.Ballot), cancellationToken);
        if (answer is Result<BallotResultView>.Refused { Reason: var reason })
        {
            return reason;
        }

        var result = answer.Require();
        if (result.Ballot.State is not BallotState.Declared)
        {
            return BallotRefusals.NotDeclared;
        }

        var community = await session.Connection.ScalarAsync<string>("select name from community where community_id = @Community", new { request.Community }, cancellationToken);
        return OpenResult.Of(result, community, await PatternsAsync(request, result, cancellationToken));
    }

    /// <summary>Null where a paper holds one choice: then the totals say all, as they do of papers that abstain.</summary>
    private async Task<PaperPatterns?> PatternsAsync(GetOpenResult request, BallotResultView result, CancellationToken cancellationToken)
    {
        var form = result.Ballot.Form;
        if (form.Kind is PaperKind.Answer || form.Most == 1 || result.Count is null)
        {
            return null;
        }

        var papers = await session.Connection.RowsAsync<Row>(
            result.Ballot.IsSecret
                ? """
                  select array(select unnest(choices) order by 1) as choices, count(*)::int as papers
                  from urn where community_id = @Community and ballot_id = @Ballot and cardinality(choices) > 0 and choices <> '{Abstain}' group by 1
                  """
                : """
                  select array(select unnest(v.choices) order by 1) as choices, count(*)::int as papers
                  from vote v join roll_entry e using (community_id, ballot_id, unit_key)
                  where v.community_id = @Community and v.ballot_id = @Ballot and v.status = 'Counted' and v.choices <> '{Abstain}' and not e.is_removed group by 1
                  """,
            new { request.Community, request.Ballot },
            cancellationToken);
        return PaperPatterns.Of(form, result.Count, [.. papers.Select(row => new PaperPattern(row.Choices, row.Papers))]);
    }

    private sealed record Row(string[] Choices, int Papers);
}
