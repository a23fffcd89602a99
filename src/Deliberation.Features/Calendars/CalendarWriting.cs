using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>What every change of a calendar has in common: one admin at a time, a reason, a line in the history, another stamp at the end.</summary>
internal static class CalendarWriting
{
    /// <summary>The calendar as it is, until the end of the transaction in this one's hands.</summary>
    public static async Task<WorkingCalendar> LockCalendarAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken)
    {
        await connection.RunAsync("insert into community_calendar (community_id) values (@community) on conflict do nothing", new { community }, cancellationToken);
        await connection.RunAsync("select from community_calendar where community_id = @community for update", new { community }, cancellationToken);
        return await connection.CalendarAsync(community, cancellationToken);
    }

    /// <summary>Writes the list of a year in place of the one before, shipped or own.</summary>
    public static Task<int> WriteYearAsync(this NpgsqlConnection connection, CommunityId community, HolidayList list, CancellationToken cancellationToken) => connection.RunAsync(
        """
        insert into calendar_year (community_id, year) values (@community, @year) on conflict do nothing;
        delete from calendar_day where community_id = @community and year = @year;
        insert into calendar_day (community_id, day, is_worked, name)
        select @community, (d->>'day')::date, (d->>'isWorked')::boolean, d->>'name' from jsonb_array_elements(@days) d
        """,
        new
        {
            community,
            year = list.Year,
            days = new JsonArray([.. list.Days.Select(day => (JsonNode)new JsonObject { ["day"] = day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["isWorked"] = day.IsWorked, ["name"] = day.Name })]),
        },
        cancellationToken);

    /// <summary>Last of all: only now may others keep what they read. Every project that is not over waits to be counted again: a step that is under way may open a deadline that nobody sees yet. Seasons move none.</summary>
    public static async Task<Done> FinishAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, string action, string kind, JsonObject values, string reason, CancellationToken cancellationToken)
    {
        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            $"""
            with change as (
                insert into calendar_change (community_id, kind, values, reason, changed_by, changed_at) values (@community, @kind, @values, @reason, @staff, @now) returning change_id)
            insert into calendar_recount (community_id, project_id, change_id)
            select @community, p.project_id, change_id from project p, change
            where p.community_id = @community and p.state not in {ProjectStates.Over} and @kind not like 'Season%'
            on conflict (community_id, project_id) do update set change_id = excluded.change_id;
            update community_calendar set stamp = gen_random_uuid() where community_id = @community
            """,
            new { community, kind, values, reason, staff = caller.Staff!.Value, now },
            cancellationToken);
        await connection.AuditAsync(caller, community, action, $"calendar:{community}", now, cancellationToken, reason, values);
        return Done.Value;
    }

    /// <returns>Without what stands around it; null when it is not 5 to 500 characters long.</returns>
    public static string? Reason(string reason) => reason.Trim() is { Length: >= 5 and <= 500 } said ? said : null;
}

internal static class CalendarRefusals
{
    public static Refusal ReasonLength { get; } = Refusal.Invalid("calendar.reason-length", "Reason", ("least", 5), ("most", 500));

    public static Refusal NothingChanged { get; } = Refusal.Conflict("calendar.nothing-changed");
}
