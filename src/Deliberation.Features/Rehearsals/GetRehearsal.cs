using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Rehearsals;

/// <summary>A rehearsal for whoever has its link. Refused with <c>rehearsal.over</c>.</summary>
public sealed record GetRehearsal(Caller Caller, CommunityId Community, Guid Rehearsal) : IQuery<RehearsalView>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>The rehearsals that run, newest first.</summary>
public sealed record ListRehearsals(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<RehearsalView>>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>How a project's rehearsal goes. Refused with <c>access.not-found</c>.</summary>
public sealed record GetRehearsalDesk(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<RehearsalDesk>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Paper">Drawn by the pages of real ballots. No ballot has its id, and nobody is on its roll.</param>
public sealed record RehearsalView(Guid Id, BallotView Paper);

/// <param name="Rehearsal">Null while none runs.</param>
/// <param name="IsVoting">A ballot of the project is open: no rehearsal may begin.</param>
/// <param name="Tried">People who filled a paper, 0 or more.</param>
/// <param name="Finished">Of those, who handed it in.</param>
/// <param name="Corrected">Of those who tried, whose paper came back at least once because something was missing or too much.</param>
public sealed record RehearsalDesk(string ProjectTitle, RehearsalView? Rehearsal, bool IsVoting, int Tried, int Finished, int Corrected);

internal sealed class GetRehearsalHandler(CouncilSession session) :
    IRequestHandler<GetRehearsal, Result<RehearsalView>>,
    IRequestHandler<ListRehearsals, Result<IReadOnlyList<RehearsalView>>>,
    IRequestHandler<GetRehearsalDesk, Result<RehearsalDesk>>
{
    private const string Read =
        """
        select r.rehearsal_id, r.project_id, p.title, r.question, r.rule, r.options, r.is_secret, r.started_at, council_now() as now
        from practice.rehearsal r join project p using (community_id, project_id)
        where r.community_id = @Community
        """;

    public async Task<Result<RehearsalView>> Handle(GetRehearsal request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<Row>($"{Read} and r.rehearsal_id = @Rehearsal", new { request.Community, request.Rehearsal }, cancellationToken) is { } row
            ? row.ToView()
            : RehearsalRefusals.Over;

    public async Task<Result<IReadOnlyList<RehearsalView>>> Handle(ListRehearsals request, CancellationToken cancellationToken) =>
        new Result<IReadOnlyList<RehearsalView>>.Accepted([.. (await session.Connection.RowsAsync<Row>(
            $"{Read} order by r.started_at desc, r.rehearsal_id limit 20", new { request.Community }, cancellationToken)).Select(row => row.ToView())]);

    public async Task<Result<RehearsalDesk>> Handle(GetRehearsalDesk request, CancellationToken cancellationToken)
    {
        var facts = await session.Connection.RowAsync<Facts>(
            """
            select p.title,
                exists (select from ballot b where b.community_id = p.community_id and b.project_id = p.project_id and b.state in ('Open', 'Paused')) as is_voting,
                count(a.attempt_id)::int as tried, count(a.code)::int as finished, (count(*) filter (where a.corrections > 0))::int as corrected
            from project p
            left join practice.rehearsal r using (community_id, project_id)
            left join practice.attempt a on a.community_id = r.community_id and a.rehearsal_id = r.rehearsal_id
            where p.community_id = @Community and p.project_id = @Project
            group by p.community_id, p.project_id
            """,
            new { request.Community, request.Project },
            cancellationToken);
        if (facts is null)
        {
            return AccessRefusals.NotFound;
        }

        var row = await session.Connection.RowAsync<Row>($"{Read} and r.project_id = @Project", new { request.Community, request.Project }, cancellationToken);
        return new RehearsalDesk(facts.Title, row?.ToView(), facts.IsVoting, facts.Tried, facts.Finished, facts.Corrected);
    }

    private sealed record Facts(string Title, bool IsVoting, int Tried, int Finished, int Corrected);

    private sealed record Row(
        Guid RehearsalId, ProjectId ProjectId, string Title, string Question, JsonObject Rule, JsonArray Options, bool IsSecret, DateTimeOffset StartedAt, DateTimeOffset Now)
    {
        private static readonly TimeSpan Shown = TimeSpan.FromDays(7); // a window as ballots have it; nothing closes at its end

        public RehearsalView ToView()
        {
            var options = BallotDefinitions.OptionsOf(Options);
            return new RehearsalView(RehearsalId, new BallotView(
                new BallotId(RehearsalId), ProjectId, Title, Question, "", Rule, "Residents", null, IsSecret, "", 1, options, BallotDefinitions.FormOf(Rule, options).Most,
                StartedAt, Now + Shown, BallotState.Open, null, Now, new BallotRoll(0, 0, 0, ""), [])
            {
                LastClosesAt = Now + Shown,
            });
        }
    }
}
