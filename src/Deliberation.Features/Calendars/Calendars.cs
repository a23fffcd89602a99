using System.Collections.Concurrent;
using System.Text.Json;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>The working calendar of a community, as its transaction sees it.</summary>
/// <remarks>
/// Every change gives the calendar another stamp, a random one. Each use reads the stamp, by key, and what was made of the rows is kept under it:
/// no node can use a calendar that was changed before its statement began, and nothing has to be told to the others.
/// </remarks>
internal static class Calendars
{
    /// <summary>Calendars kept; one more clears all.</summary>
    private const int MostKept = 1_000;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly ConcurrentDictionary<CalendarStamp, WorkingCalendar> Kept = new();

    /// <exception cref="TimeZoneNotFoundException">The community's zone is unknown to this machine.</exception>
    public static async Task<WorkingCalendar> CalendarAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken)
    {
        var stamp = await connection.RowAsync<CalendarStamp>(
            """
            select c.time_zone as zone, coalesce(k.stamp, '00000000-0000-0000-0000-000000000000') as stamp
            from community c left join community_calendar k using (community_id) where community_id = @community
            """,
            new { community },
            cancellationToken);
        return stamp is not null ? await connection.CalendarAsync(community, stamp, cancellationToken) : WorkingCalendar.China; // no community of this number: the use case will say so
    }

    /// <summary>The same where the stamp is known already: a step read it when it claimed its work.</summary>
    public static async Task<WorkingCalendar> CalendarAsync(this NpgsqlConnection connection, CommunityId community, CalendarStamp stamp, CancellationToken cancellationToken)
    {
        if (Kept.TryGetValue(stamp, out var known))
        {
            return known;
        }

        var read = await ReadAsync(connection, community, TimeZoneInfo.FindSystemTimeZoneById(stamp.Zone), cancellationToken);
        if (read.Stamp == stamp.Stamp) // else it was changed in between: right for now, to be kept under no name
        {
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }

            Kept[stamp] = read.Calendar;
        }

        return read.Calendar;
    }

    /// <summary>When a message of now may go out; null = at once.</summary>
    public static async Task<DateTimeOffset?> NotBeforeAsync(this NpgsqlConnection connection, CommunityId community, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await connection.CalendarAsync(community, cancellationToken)).NotBefore(now);

    /// <summary>One statement, so that settings, days and seasons belong together.</summary>
    private static async Task<(Guid Stamp, WorkingCalendar Calendar)> ReadAsync(NpgsqlConnection connection, CommunityId community, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var text = await connection.ScalarAsync<string?>(
            """
            select (to_jsonb(k) || jsonb_build_object(
                'years', (select coalesce(jsonb_agg(y.year), '[]') from calendar_year y where y.community_id = k.community_id),
                'days', (select coalesce(jsonb_agg(to_jsonb(d) order by d.day), '[]') from calendar_day d where d.community_id = k.community_id),
                'seasons', (select coalesce(jsonb_agg(to_jsonb(s) order by s.from_day, s.season_id), '[]') from calendar_season s where s.community_id = k.community_id)))::text
            from community_calendar k where k.community_id = @community
            """,
            new { community },
            cancellationToken);
        if (text is null)
        {
            return (Guid.Empty, new WorkingCalendar(zone, ShippedHolidays.Lists));
        }

        var stored = JsonSerializer.Deserialize<Stored>(text, Snake)!;
        var days = stored.Days.ToLookup(day => day.Day.Year, day => new HolidayEntry(day.Day, day.IsWorked, day.Name));
        var own = stored.Years.Select(year => new HolidayList(year, [.. days[year]]));
        return (stored.Stamp, new WorkingCalendar(zone, own.Concat(ShippedHolidays.Lists.Where(list => !stored.Years.Contains(list.Year))))
        {
            Quiet = new DaySpan(stored.QuietFrom, stored.QuietUntil),
            Hours = [new DaySpan(stored.MorningFrom, stored.MorningUntil), new DaySpan(stored.AfternoonFrom, stored.AfternoonUntil)],
            Seasons = [.. stored.Seasons.Select(season => new Season(season.Name, season.Kind, season.FromDay, season.UntilDay) { Id = season.SeasonId })],
        });
    }

    private sealed record Stored(
        Guid Stamp, TimeOnly QuietFrom, TimeOnly QuietUntil, TimeOnly MorningFrom, TimeOnly MorningUntil, TimeOnly AfternoonFrom, TimeOnly AfternoonUntil,
        int[] Years, StoredDay[] Days, StoredSeason[] Seasons);

    private sealed record StoredDay(DateOnly Day, bool IsWorked, string Name);

    private sealed record StoredSeason(Guid SeasonId, string Name, string Kind, DateOnly FromDay, DateOnly UntilDay);
}
