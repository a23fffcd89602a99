using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Pledges;

/// <summary>A need on the board with its public total.</summary>
/// <param name="Kind">Money (fen), Labour (days); Goods, Space, Vacate, Demolish (pieces).</param>
public sealed record NeedLine(string Id, string Kind, string Text, long Quantity, long Pledged, long Kept, int Pledgers);

/// <summary>A promise on the board.</summary>
/// <param name="Name">Null when the pledger does not show it; staff always see it.</param>
public sealed record PledgeLine(Guid Id, string NeedId, string Kind, long Quantity, string? Name, string Note, DateOnly DueOn, string State, DateTimeOffset MadeAt, string? Proof, bool IsMine, bool IsOverdue);

/// <summary>The pledge board (认领).</summary>
/// <param name="KeptPercent">Kept ÷ made, whole percent cut off; public.</param>
public sealed record PledgeBoardPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Title,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    string? Outcome,
    int KeptPercent,
    IReadOnlyList<NeedLine> Needs,
    IReadOnlyList<PledgeLine> Pledges)
{
    /// <summary>Pledges are taken, or money promised is still to be paid: people are told where.</summary>
    public bool AsksForMoney => State == "Open" || Needs.Any(need => need.Kind == "Money" && need.Pledged > need.Kept);
}

/// <summary>The newest pledge board of a project.</summary>
public sealed record GetPledgeBoard(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<PledgeBoardPage>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetPledgeBoardHandler(CouncilSession session) : IRequestHandler<GetPledgeBoard, Result<PledgeBoardPage>>
{
    public async Task<Result<PledgeBoardPage>> Handle(GetPledgeBoard request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var row = await connection.RowAsync<Row>(
            """
            select b.board_id, p.title as project_title, b.title, b.opens_at, b.closes_at, b.state, b.outcome
            from pledge_board b join project p using (community_id, project_id)
            where b.community_id = @community and b.project_id = @project
            order by b.opens_at desc, b.board_id desc limit 1
            """,
            new { request.Community, request.Project },
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var today = WorkingCalendar.China.DayOf(await connection.CouncilNowAsync(cancellationToken));
        var needs = await connection.RowsAsync<NeedLine>(
            """
            select n.need_id as id, n.kind, n.text, n.quantity,
                coalesce(sum(p.quantity) filter (where p.state in ('Promised', 'Kept')), 0)::bigint as pledged,
                coalesce(sum(p.quantity) filter (where p.state = 'Kept'), 0)::bigint as kept,
                count(distinct p.resident_id) filter (where p.state in ('Promised', 'Kept'))::int as pledgers
            from pledge_need n
            left join pledge p using (community_id, board_id, need_id)
            where n.community_id = @community and n.board_id = @boardId
            group by n.need_id, n.kind, n.text, n.quantity, n.position
            order by n.position
            """,
            new { request.Community, row.BoardId },
            cancellationToken);
        var pledges = await connection.RowsAsync<PledgeRowOnBoard>(
            """
            select p.pledge_id, p.need_id, n.kind, p.quantity, r.full_name, p.shows_name, p.note, p.due_on, p.state, p.made_at, p.proof, p.resident_id
            from pledge p
            join pledge_need n using (community_id, board_id, need_id)
            join resident r using (community_id, resident_id)
            where p.community_id = @community and p.state <> 'Withdrawn'
              and p.board_id in (select board_id from pledge_board where community_id = @community and project_id = @project) -- promises outlive their board
            order by p.made_at desc, p.pledge_id
            limit 500
            """,
            new { request.Community, request.Project },
            cancellationToken);
        var settled = pledges.Count(pledge => pledge.State != "Waived");
        var seesAll = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin;
        return new PledgeBoardPage(
            row.BoardId, request.Project, row.ProjectTitle, row.Title, row.OpensAt, row.ClosesAt, row.State, row.Outcome,
            settled == 0 ? 0 : pledges.Count(pledge => pledge.State == "Kept") * 100 / settled,
            needs,
            [.. pledges.Select(pledge => pledge.ToLine(request.Caller.Resident, seesAll, today))]);
    }

    private sealed record Row(Guid BoardId, string ProjectTitle, string Title, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome);

    private sealed record PledgeRowOnBoard(
        Guid PledgeId, string NeedId, string Kind, long Quantity, string FullName, bool ShowsName, string Note, DateOnly DueOn, string State,
        DateTimeOffset MadeAt, string? Proof, ResidentId ResidentId)
    {
        /// <summary>Others see a name only when the pledger shows it, and never who is late, nor notes and proofs.</summary>
        public PledgeLine ToLine(ResidentId? reader, bool seesAll, DateOnly today)
        {
            var isMine = ResidentId == reader;
            var isInside = seesAll || isMine;
            return new PledgeLine(
                PledgeId, NeedId, Kind, Quantity, isInside || ShowsName ? FullName : null, isInside ? Note : "", DueOn,
                isInside || State == "Kept" ? State : "Promised", MadeAt, isInside ? Proof : null, isMine, isInside && State == "Promised" && DueOn < today);
        }
    }
}
