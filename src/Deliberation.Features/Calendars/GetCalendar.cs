using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>The working calendar of a community in one year (工作日历), and what was changed in it.</summary>
/// <param name="Year">2000 to 2099; null or another = the year of council time.</param>
public sealed record GetCalendar(Caller Caller, CommunityId Community, int? Year) : IQuery<CalendarPage>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Calendar">Of all years.</param>
/// <param name="IsOwn">The community has changed the shipped list of this year, or brought it in itself.</param>
/// <param name="Changes">Of all years, newest first; at most <see cref="MostChanges"/>.</param>
public sealed record CalendarPage(int Year, WorkingCalendar Calendar, bool IsOwn, DateOnly Today, IReadOnlyList<CalendarChange> Changes)
{
    public const int MostChanges = 50;

    /// <summary>False = 待公布: only weekends rest, and dates in it are provisional.</summary>
    public bool IsKnown => Calendar.IsKnown(Year);
}

/// <param name="Kind">Day, Import, Hours, SeasonAdded or SeasonRemoved.</param>
/// <param name="Values">For the text of the kind.</param>
/// <param name="By">Display name.</param>
/// <param name="At">Council time.</param>
public sealed record CalendarChange(string Kind, JsonObject Values, string Reason, string By, DateTimeOffset At);

internal sealed class GetCalendarHandler(CouncilSession session) : IRequestHandler<GetCalendar, Result<CalendarPage>>
{
    public async Task<Result<CalendarPage>> Handle(GetCalendar request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var today = calendar.DayOf(await connection.CouncilNowAsync(cancellationToken));
        var year = request.Year is >= 2000 and <= 2099 ? request.Year.Value : today.Year;
        var isOwn = await connection.ScalarAsync<bool>(
            "select exists (select from calendar_year where community_id = @Community and year = @year)", new { request.Community, year }, cancellationToken);
        var changes = await connection.RowsAsync<CalendarChange>(
            """
            select c.kind, c.values, c.reason, s.display_name as by, c.changed_at as at
            from calendar_change c join staff s on s.staff_id = c.changed_by
            where c.community_id = @Community order by c.change_id desc limit @most
            """,
            new { request.Community, most = CalendarPage.MostChanges },
            cancellationToken);
        return new CalendarPage(year, calendar, isOwn, today, changes);
    }
}
