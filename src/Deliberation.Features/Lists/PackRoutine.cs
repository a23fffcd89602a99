using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using Deliberation.Process.Lists;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Lists;

/// <summary>The product makes a department's pack of a month.</summary>
/// <param name="Month">First day of the month.</param>
public sealed record MakePack(Caller Caller, CommunityId Community, Guid Department, DateOnly Month) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>Each department's pack is made once, as the month's first working day begins (decision 0029).</summary>
internal sealed class PackRoutine : IRoutine
{
    public async Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.RowAsync<DueRow>(
            "select community_id, department_id, next_pack_month from department where ended_at is null and next_pack_at <= @now order by next_pack_at limit 1", new { now }, cancellationToken)
            is { } due ? new MakePack(Caller.System, due.CommunityId, due.DepartmentId, due.NextPackMonth) : null;

    private sealed record DueRow(CommunityId CommunityId, Guid DepartmentId, DateOnly NextPackMonth);
}

internal sealed class MakePackHandler(CouncilSession session) : IRequestHandler<MakePack, Result<Done>>
{
    public async Task<Result<Done>> Handle(MakePack request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var department = await connection.RowAsync<DepartmentRow>(
            "select post_code, name, next_pack_month, next_pack_at from department where community_id = @Community and department_id = @Department and ended_at is null for update",
            new { request.Community, request.Department },
            cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (department is null || department.NextPackMonth != request.Month || department.NextPackAt > now)
        {
            return ListRefusals.NotDue;
        }

        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var until = PackMonths.MadeAt(calendar, request.Month);
        var isMoved = until > now; // the calendar has changed since: another day is the first working day
        var (nextMonth, nextAt) = isMoved ? (request.Month, until) : (request.Month.AddMonths(1), PackMonths.MadeAt(calendar, request.Month.AddMonths(1)));
        await connection.RunAsync(
            "update department set next_pack_month = @nextMonth, next_pack_at = @nextAt where community_id = @Community and department_id = @Department",
            new { nextMonth, nextAt, request.Community, request.Department },
            cancellationToken);
        if (isMoved)
        {
            return Done.Value;
        }

        var lines = await WriteAsync(request, until, calendar.DayOf(until), now, cancellationToken);
        if (nextAt > now) // after a long time away only the newest is told of
        {
            await connection.TellPostOrAboveAsync(
                new PostMessage
                {
                    Community = request.Community,
                    Post = department.PostCode,
                    DedupKey = $"pack:{request.Department}:{Key(request.Month)}",
                    TextKey = "pack.message.made",
                    Values = new JsonObject { ["department"] = department.Name, ["month"] = Key(request.Month) },
                    ReasonKey = "task.reason.post",
                    Link = $"/staff/packs/{request.Department}/{Key(request.Month)}",
                    Now = now,
                },
                cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(MakePack), $"department:{request.Department}", now, cancellationToken,
            details: new JsonObject { ["month"] = Key(request.Month), ["lines"] = lines });
        return Done.Value;
    }

    /// <summary>A month in keys and addresses: <c>2026-10</c>.</summary>
    private static string Key(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <returns>Lines written.</returns>
    private Task<int> WriteAsync(MakePack request, DateTimeOffset until, DateOnly day, DateTimeOffset now, CancellationToken cancellationToken) => session.Connection.ScalarAsync<int>(
        """
        with span as (
            select (select max(until_at) from monthly_pack where community_id = @Community and department_id = @Department) as since
        ), pack as (
            insert into monthly_pack (community_id, department_id, month, from_at, until_at, made_at) select @Community, @Department, @Month, since, @until, @now from span
        ), moved as (
            select v.*, m.title, f.name as from_name, t.name as to_name
            from tracked_matter m join matter_move v using (community_id, matter_id)
            left join tracked_list f on f.community_id = m.community_id and f.department_id = m.department_id and f.list_no = v.from_list
            left join tracked_list t on t.community_id = m.community_id and t.department_id = m.department_id and t.list_no = v.to_list
            cross join span
            where m.community_id = @Community and m.department_id = @Department and v.moved_at < @until and v.moved_at >= coalesce(span.since, '-infinity')
        ), line as (
            select case when from_list is null then 'New' when to_list is null then 'Closed' else 'Moved' end as section, matter_id, null::uuid as zone_id, title, from_name, to_name, reason,
                null::date as day, null as owner, moved_at as at
            from moved
            union all
            select 'Overdue', m.matter_id, null, m.title, null, t.name, null, m.due_on, null, m.due_on::timestamptz
            from tracked_matter m
            cross join lateral (
                select to_list from matter_move v where v.community_id = m.community_id and v.matter_id = m.matter_id and v.moved_at < @until order by v.move_no desc limit 1) stood
            join tracked_list t on t.community_id = m.community_id and t.department_id = m.department_id and t.list_no = stood.to_list
            where m.community_id = @Community and m.department_id = @Department and m.due_on < @day
            union all
            select 'Absent', null, a.zone_id, a.street, null, null, null, a.last_day, s.display_name, null
            from absent_owner(@Community, @day) a join staff s on s.staff_id = a.owner_id where a.department_id = @Department
        ), written as (
            insert into monthly_pack_line (community_id, department_id, month, line_no, section, matter_id, zone_id, title, from_list, to_list, reason, day, owner)
            select @Community, @Department, @Month, row_number() over (order by section, at, title, matter_id), section, matter_id, zone_id, title, from_name, to_name, reason, day, owner from line
            returning 1
        )
        select count(*)::int from written
        """,
        new { request.Community, request.Department, request.Month, until, day, now },
        cancellationToken);

    private sealed record DepartmentRow(string PostCode, string Name, DateOnly NextPackMonth, DateTimeOffset NextPackAt);
}
