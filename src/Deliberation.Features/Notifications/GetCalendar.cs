using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Notifications;

/// <summary>A meeting, the end of a ballot, of a task or of a supervised order, for somebody's own calendar.</summary>
/// <param name="Kind"><c>meeting</c> or <c>ballot</c>; of staff <c>staff/meeting</c>, <c>staff/task</c> or <c>board/order</c>. Its page is at <c>/{kind}s/{id}</c>.</param>
/// <param name="At">When it begins, closes or is due.</param>
/// <param name="Sequence">How often it has been changed.</param>
public sealed record CalendarDate(string Kind, Guid Id, string Title, string Place, DateTimeOffset At, int Sequence, bool IsCancelled);

/// <summary>What is ahead of the caller: meetings of the community and ballots on whose roll the caller is, cancelled ones too, so that they vanish from the calendar.</summary>
/// <param name="Only">One of them; null = all that end no longer than a month ago.</param>
public sealed record GetCalendar(Caller Caller, CommunityId Community, Guid? Only) : IQuery<CalendarDates>
{
    public Audience Audience => Audience.Resident;
}

/// <param name="Locale">Language of its words; null = the reader's.</param>
public sealed record CalendarDates(IReadOnlyList<CalendarDate> Dates, DateTimeOffset Now, string? Locale = null);

internal static class CalendarReading
{
    /// <param name="only">As in <see cref="GetCalendar"/>.</param>
    public static Task<IReadOnlyList<CalendarDate>> DatesOfResidentAsync(
        this NpgsqlConnection connection, CommunityId community, Guid resident, Guid? only, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RowsAsync<CalendarDate>(
            """
            select d.kind, d.id, d.title, d.place, d.at, d.is_cancelled::int + (
                select count(*)::int from project_event e
                where e.community_id = @community and e.project_id = d.project_id and e.link = '/' || d.kind || 's/' || d.id
                    and e.text_key in ('meeting.timeline.moved', 'ballots.timeline.paused', 'ballots.timeline.resumed', 'ballots.timeline.extended')) as sequence, d.is_cancelled
            from (
                select 'meeting' as kind, meeting_id as id, project_id, theme as title, place, meets_at as at, outcome is not distinct from 'Cancelled' as is_cancelled
                from meeting where community_id = @community
                union all
                select 'ballot', b.ballot_id, b.project_id, b.question, '', b.closes_at, b.state in ('Cancelled', 'Voided')
                from ballot b
                where b.community_id = @community and exists (
                    select from roll_entry_person p where p.community_id = @community and p.ballot_id = b.ballot_id and p.resident_id = @resident)) d
            where case when @only::uuid is null then d.at > @now - interval '1 month' else d.id = @only end
            order by d.at, d.id
            limit 500
            """,
            new { community, resident, only, now },
            cancellationToken);

    /// <summary>Meetings of the community, open tasks of the posts that they hold or that name them, and open orders that they answer.</summary>
    public static Task<IReadOnlyList<CalendarDate>> DatesOfStaffAsync(this NpgsqlConnection connection, CommunityId community, Guid staff, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RowsAsync<CalendarDate>(
            """
            select kind, id, title, place, at, sequence, is_cancelled
            from (
                select 'staff/meeting' as kind, meeting_id as id, theme as title, place, meets_at as at, is_cancelled::int + (
                    select count(*)::int from project_event e
                    where e.community_id = @community and e.project_id = m.project_id and e.link = '/meetings/' || m.meeting_id and e.text_key = 'meeting.timeline.moved') as sequence, is_cancelled
                from (select *, outcome is not distinct from 'Cancelled' as is_cancelled from meeting where community_id = @community and meets_at > @now - interval '1 month') m
                union all
                select 'staff/task', t.task_id, t.title, '', t.due_at, (select count(*)::int from deadline_move d where d.community_id = @community and d.subject_id = t.task_id), false
                from work_task t
                where t.community_id = @community and t.state = 'Open' and coalesce(t.assigned_to = @staff, t.post_code in (select post_code from acting_holder(@community, @now) where staff_id = @staff))
                union all
                select 'board/order', o.order_id, o.what, '', o.due_at,
                    (select count(*)::int from supervision_order_event e where e.community_id = @community and e.order_id = o.order_id and e.kind = 'Returned')
                        + (select count(*)::int from deadline_move d where d.community_id = @community and d.subject_id = o.order_id), false
                from supervision_order o where o.community_id = @community and o.state = 'Open' and o.post_code = any(answering_posts(@community, @now, @staff))) d
            order by at, id
            limit 500
            """,
            new { community, staff, now },
            cancellationToken);
}

internal sealed class GetCalendarHandler(CouncilSession session) : IRequestHandler<GetCalendar, Result<CalendarDates>>
{
    public async Task<Result<CalendarDates>> Handle(GetCalendar request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var dates = await session.Connection.DatesOfResidentAsync(request.Community, request.Caller.Resident!.Value.Value, request.Only, now, cancellationToken);
        return request.Only is not null && dates.Count == 0 ? AccessRefusals.NotFound : new CalendarDates(dates, now);
    }
}
