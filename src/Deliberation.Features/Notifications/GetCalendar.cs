using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>A meeting, or the end of a ballot, for a resident's own calendar.</summary>
/// <param name="Kind"><c>meeting</c> or <c>ballot</c>.</param>
/// <param name="At">When it begins or closes for this resident.</param>
/// <param name="Sequence">How often it has been changed.</param>
public sealed record CalendarDate(string Kind, Guid Id, string Title, string Place, DateTimeOffset At, int Sequence, bool IsCancelled);

/// <summary>What is ahead of the caller: meetings of the community and ballots on whose roll the caller is, cancelled ones too, so that they vanish from the calendar.</summary>
/// <param name="Only">One of them; null = all that end no longer than a month ago.</param>
public sealed record GetCalendar(Caller Caller, CommunityId Community, Guid? Only) : IQuery<CalendarDates>
{
    public Audience Audience => Audience.Resident;
}

public sealed record CalendarDates(IReadOnlyList<CalendarDate> Dates, DateTimeOffset Now);

internal sealed class GetCalendarHandler(CouncilSession session) : IRequestHandler<GetCalendar, Result<CalendarDates>>
{
    public async Task<Result<CalendarDates>> Handle(GetCalendar request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var dates = await session.Connection.RowsAsync<CalendarDate>(
            """
            select d.kind, d.id, d.title, d.place, d.at, d.is_cancelled::int + (
                select count(*)::int from project_event e
                where e.community_id = @Community and e.project_id = d.project_id and e.link = '/' || d.kind || 's/' || d.id
                    and e.text_key in ('meeting.timeline.moved', 'ballots.timeline.paused', 'ballots.timeline.resumed', 'ballots.timeline.extended')) as sequence, d.is_cancelled
            from (
                select 'meeting' as kind, meeting_id as id, project_id, theme as title, place, meets_at as at, outcome is not distinct from 'Cancelled' as is_cancelled
                from meeting where community_id = @Community
                union all
                select 'ballot', b.ballot_id, b.project_id, b.question, '', b.closes_at, b.state in ('Cancelled', 'Voided')
                from ballot b
                where b.community_id = @Community and exists (
                    select from roll_entry_person p where p.community_id = @Community and p.ballot_id = b.ballot_id and p.resident_id = @me)) d
            where case when @Only::uuid is null then d.at > @now - interval '1 month' else d.id = @Only end
            order by d.at, d.id
            limit 500
            """,
            new { request.Community, request.Only, now, me = request.Caller.Resident!.Value.Value },
            cancellationToken);
        return request.Only is not null && dates.Count == 0 ? AccessRefusals.NotFound : new CalendarDates(dates, now);
    }
}
