using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Ballots that are the caller's: waiting for a vote first (closing time first), then voted, then closed within 90 days.</summary>
public sealed record ListMyBallots(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<BallotLine>>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>All ballots of a project, or of the community when <paramref name="Project"/> is null (newest 200).</summary>
/// <param name="ClosedWithinDays">Of those that have ended only what ended within so many days of council time; null = all.</param>
public sealed record ListBallots(Caller Caller, CommunityId Community, ProjectId? Project, int? ClosedWithinDays = null) : IQuery<IReadOnlyList<BallotLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListBallotsHandler(CouncilSession session) :
    IRequestHandler<ListMyBallots, Result<IReadOnlyList<BallotLine>>>,
    IRequestHandler<ListBallots, Result<IReadOnlyList<BallotLine>>>
{
    public async Task<Result<IReadOnlyList<BallotLine>>> Handle(ListMyBallots request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<BallotLine>>.Accepted(await MineAsync(session.Connection, request.Community, request.Caller.Resident!.Value, cancellationToken));

    public async Task<Result<IReadOnlyList<BallotLine>>> Handle(ListBallots request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<BallotLine>>.Accepted((await session.Connection.QueryAsync<BallotLine>(new CommandDefinition(
            """
            select b.ballot_id as id, b.project_id as project, p.title as project_title, b.question, b.round, b.secrecy = 'Secret' as is_secret,
                b.opens_at, b.closes_at, b.state, b.outcome, b.options -> 0 ->> 'costFen' is not null as is_budget, 0 as units_to_vote, 0 as units_voted, b.paper_id as paper
            from ballot b join project p using (community_id, project_id)
            where b.community_id = @Community and (@Project::uuid is null or b.project_id = @Project)
              and (@ClosedWithinDays::int is null or b.state in ('Open', 'Paused', 'Counting') or b.closed_at > council_now() - make_interval(days => @ClosedWithinDays))
            order by b.opens_at desc, b.ballot_id desc
            limit 200
            """,
            new { request.Community, request.Project, request.ClosedWithinDays },
            cancellationToken: cancellationToken))).AsList());

    internal static async Task<IReadOnlyList<BallotLine>> MineAsync(
        NpgsqlConnection connection, CommunityId community, ResidentId resident, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<BallotLine>(new CommandDefinition(
            $"""
            select id, project, project_title, question, round, is_secret, opens_at, closes_at, state, outcome, is_budget,
                (count(*) filter (where not voted))::int as units_to_vote, (count(*) filter (where voted))::int as units_voted, paper
            from (
                select b.ballot_id as id, b.project_id as project, p.title as project_title, b.question, b.round, b.secrecy = 'Secret' as is_secret,
                    b.opens_at, max(case when e.is_away then b.closes_at else coalesce(b.local_closes_at, b.closes_at) end) over (partition by b.ballot_id) as closes_at,
                    b.state, b.outcome, b.options -> 0 ->> 'costFen' is not null as is_budget, b.paper_id as paper, {BallotReading.HasVoted} as voted
                from (
                    select community_id, ballot_id, unit_key from roll_entry_person where community_id = @community and resident_id = @resident
                    union
                    select community_id, ballot_id, unit_key from proxy where community_id = @community and holder_id = @resident and withdrawn_at is null
                ) mine
                join roll_entry e using (community_id, ballot_id, unit_key)
                join ballot b using (community_id, ballot_id)
                join project p using (community_id, project_id)
                where not e.is_removed and (b.state in ('Open', 'Paused', 'Counting') or b.closed_at > council_now() - interval '90 days')
            ) unit
            group by id, project, project_title, question, round, is_secret, opens_at, closes_at, state, outcome, is_budget, paper
            order by state not in ('Open', 'Paused'), count(*) filter (where not voted) = 0, case when state in ('Open', 'Paused') then closes_at end, closes_at desc
            """,
            new { community, resident },
            cancellationToken: cancellationToken))).AsList();
}
