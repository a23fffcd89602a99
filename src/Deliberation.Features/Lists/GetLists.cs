using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Lists;

/// <param name="List">Number of its list; null = closed.</param>
/// <param name="DueOn">Last day, inclusive; null = none.</param>
public sealed record MatterLine(Guid Id, string Title, int? List, DateOnly? DueOn, DateTimeOffset AddedAt, DateTimeOffset? ClosedAt)
{
    public bool IsOverdue(DateOnly today) => ClosedAt is null && DueOn < today;
}

public sealed record TrackedList(int Number, string Name);

/// <param name="Matters">Open ones, list by list, the first due first.</param>
/// <param name="Packs">First days of the months whose packs are made, the newest first, 24 at most.</param>
/// <param name="NextPackOn">Day on which the next is made; null = the department has ended.</param>
public sealed record DepartmentLists(DateOnly Today, IReadOnlyList<TrackedList> Lists, Paged<MatterLine> Matters, IReadOnlyList<DateOnly> Packs, DateOnly? NextPackOn);

/// <summary>The lists of a department with what stands on them.</summary>
public sealed record GetLists(Caller Caller, CommunityId Community, Guid Department, PageRequest Page) : IQuery<DepartmentLists>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="From">Name of the list it came from; null = it was new.</param>
/// <param name="To">Name of the list it went to; null = it was closed.</param>
public sealed record MatterMove(string? From, string? To, string Reason, DateTimeOffset At, string By);

public sealed record MatterPage(DateOnly Today, MatterLine Matter, Guid Department, string DepartmentName, IReadOnlyList<TrackedList> Lists, IReadOnlyList<MatterMove> Moves);

/// <summary>One matter with its way over the lists.</summary>
public sealed record GetMatter(Caller Caller, CommunityId Community, Guid Matter) : IQuery<MatterPage>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetListsHandler(CouncilSession session) : IRequestHandler<GetLists, Result<DepartmentLists>>, IRequestHandler<GetMatter, Result<MatterPage>>
{
    private const string Matters = "select m.matter_id as id, m.title, m.list_no::int as list, m.due_on, m.added_at, m.closed_at from tracked_matter m where m.community_id = @Community";

    public async Task<Result<DepartmentLists>> Handle(GetLists request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var matters = await connection.PageAsync<MatterLine, MatterLine>(
            $"{Matters} and m.department_id = @Department and m.closed_at is null", "list, due_on nulls last, added_at, id",
            new { request.Community, request.Department }, request.Page, line => line, cancellationToken);
        var packs = await connection.RowsAsync<DateOnly>(
            "select month from monthly_pack where community_id = @Community and department_id = @Department order by month desc limit 24", new { request.Community, request.Department }, cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var nextMonth = await connection.ScalarAsync<DateOnly?>(
            "select next_pack_month from department where community_id = @Community and department_id = @Department and ended_at is null", new { request.Community, request.Department }, cancellationToken);
        return new DepartmentLists(
            calendar.DayOf(await connection.CouncilNowAsync(cancellationToken)), await ListsAsync(request.Community, request.Department, cancellationToken),
            matters, packs, nextMonth is { } month ? calendar.NextWorkingDay(month) : null);
    }

    public async Task<Result<MatterPage>> Handle(GetMatter request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<MatterLine>($"{Matters} and m.matter_id = @Matter", new { request.Community, request.Matter }, cancellationToken) is not { } matter)
        {
            return AccessRefusals.NotFound;
        }

        var place = (await connection.RowAsync<Place>(
            "select d.department_id, d.name from tracked_matter m join department d using (community_id, department_id) where m.community_id = @Community and m.matter_id = @Matter",
            new { request.Community, request.Matter }, cancellationToken))!;
        var moves = await connection.RowsAsync<MatterMove>(
            """
            select f.name as "from", t.name as "to", v.reason, v.moved_at as at, s.display_name as by
            from matter_move v join staff s on s.staff_id = v.moved_by
            left join tracked_list f on f.community_id = v.community_id and f.department_id = @DepartmentId and f.list_no = v.from_list
            left join tracked_list t on t.community_id = v.community_id and t.department_id = @DepartmentId and t.list_no = v.to_list
            where v.community_id = @Community and v.matter_id = @Matter order by v.move_no
            """,
            new { request.Community, request.Matter, place.DepartmentId },
            cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        return new MatterPage(
            calendar.DayOf(await connection.CouncilNowAsync(cancellationToken)), matter, place.DepartmentId, place.Name, await ListsAsync(request.Community, place.DepartmentId, cancellationToken), moves);
    }

    private Task<IReadOnlyList<TrackedList>> ListsAsync(CommunityId community, Guid department, CancellationToken cancellationToken) =>
        session.Connection.RowsAsync<TrackedList>(
            "select list_no::int as number, name from tracked_list where community_id = @community and department_id = @department order by list_no", new { community, department }, cancellationToken);

    private sealed record Place(Guid DepartmentId, string Name);
}
