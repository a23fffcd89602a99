using System.Globalization;
using Deliberation.Process.Calendar;
using static Deliberation.Tests.Process.StepContext;

namespace Deliberation.Tests.Process;

/// <summary>Terms across National Day, month ends, a leap day and clock changes. Every expected instant was found by hand with a paper calendar, none by the code.</summary>
public sealed class WorkingTimeTests
{
    private static readonly WorkingCalendar China = WorkingCalendar.China;

    // 2025: Sunday 28 September is worked, 1 to 8 October rest, Saturday 11 October is worked.
    // 2026: Sunday 20 September is worked, Friday 25 to Sunday 27 September and 1 to 7 October rest, Saturday 10 October is worked.
    [Theory]
    [InlineData("2025-09-26 18:00", 3, "2025-09-30 18:00")] // Friday → Sunday 28 (made up), Monday, Tuesday
    [InlineData("2025-09-27 10:00", 3, "2025-09-30 10:00")] // from the Saturday between
    [InlineData("2025-09-28 18:00", 3, "2025-10-09 18:00")] // made-up Sunday → Monday, Tuesday, Thursday after the holiday
    [InlineData("2025-09-30 18:00", 3, "2025-10-11 18:00")] // Thursday, Friday, made-up Saturday
    [InlineData("2026-09-18 18:00", 3, "2026-09-22 18:00")] // Friday → made-up Sunday, Monday, Tuesday
    [InlineData("2026-09-29 18:00", 3, "2026-10-09 18:00")] // Wednesday 30, Thursday 8, Friday 9
    [InlineData("2026-09-30 18:00", 3, "2026-10-10 18:00")] // Thursday 8, Friday 9, made-up Saturday 10
    [InlineData("2026-10-05 12:00", 3, "2026-10-10 12:00")] // from the middle of the holiday
    [InlineData("2026-10-01 00:00", 3, "2026-10-11 00:00")] // 24:00 of 30 September is that day's end
    [InlineData("2026-10-09 18:00", -3, "2026-09-29 18:00")] // back again: 8, 30, 29
    [InlineData("2026-01-30 18:00", 3, "2026-02-04 18:00")] // month end: Friday → Monday 2, 3, 4 February
    [InlineData("2026-02-27 18:00", 3, "2026-03-03 18:00")] // Friday → made-up Saturday 28 February, Monday 2, Tuesday 3 March
    [InlineData("2028-02-28 18:00", 1, "2028-02-29 18:00")] // leap day, a Tuesday
    [InlineData("2028-02-28 18:00", 3, "2028-03-02 18:00")]
    [InlineData("2027-02-26 18:00", 1, "2027-03-01 18:00")] // no leap day
    [InlineData("2026-12-31 18:00", 3, "2027-01-05 18:00")] // 2027 is not announced: New Year's Day counts, weekends rest: Friday 1, Monday 4, Tuesday 5
    public void Working_days_across_holidays_and_month_ends(string from, int days, string due) => Assert.Equal(due, Shown(China.AddWorkingDays(Local(from), days)));

    // Offices are open 08:30–12:00 and 13:30–18:00: eight hours.
    [Theory]
    [InlineData("2026-11-25 08:30", 8, "2026-11-25 18:00")] // a whole day ends with it
    [InlineData("2026-11-25 00:00", 8, "2026-11-25 18:00")]
    [InlineData("2026-11-25 08:31", 8, "2026-11-26 08:31")] // one minute over
    [InlineData("2026-11-25 10:00", 2, "2026-11-25 12:00")] // ends with the morning, not after lunch
    [InlineData("2026-11-25 12:00", 1, "2026-11-25 14:30")]
    [InlineData("2026-11-25 12:45", 1, "2026-11-25 14:30")]
    [InlineData("2026-11-25 18:00", 1, "2026-11-26 09:30")] // the closing instant is closed
    [InlineData("2026-11-27 16:00", 8, "2026-11-30 16:00")] // Friday 2 h, Monday 3½ h and 2½ h
    [InlineData("2026-09-30 17:00", 8, "2026-10-08 17:00")] // 1 h, then after the holiday 7 h
    [InlineData("2026-10-09 17:00", 8, "2026-10-10 17:00")] // the made-up Saturday is worked
    [InlineData("2026-11-25 10:00", 0, "2026-11-25 10:00")]
    public void Working_hours_run_only_while_offices_are_open(string from, int hours, string due) =>
        Assert.Equal(due, Shown(China.AddWorkingTime(Local(from), TimeSpan.FromHours(hours))));

    [Theory]
    [InlineData("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30:00Z")] // skipped: 03:30 summer time
    [InlineData("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T01:30:00Z")] // shown twice: the later
    [InlineData("America/New_York", "2027-03-14", "02:00", "2027-03-14T07:00:00Z")] // the first instant of the gap: 03:00 summer time
    [InlineData("Africa/Cairo", "2027-04-30", "00:00", "2027-04-29T22:00:00Z")] // the day has no midnight: its first instant
    [InlineData("Asia/Shanghai", "2027-03-28", "02:30", "2027-03-27T18:30:00Z")]
    public void A_time_that_a_zone_skips_moves_on_and_one_shown_twice_is_the_later(string zone, string day, string time, string instant) =>
        Assert.Equal(instant, Utc(In(zone).At(Day(day), TimeOnly.Parse(time, CultureInfo.InvariantCulture))));

    [Fact]
    public void A_working_day_across_a_clock_change_keeps_the_time_of_day_and_a_working_hour_is_an_hour()
    {
        var berlin = In("Europe/Berlin");
        Assert.Equal("2027-03-29T16:00:00Z", Utc(berlin.AddWorkingDays(new DateTimeOffset(2027, 3, 26, 17, 0, 0, TimeSpan.Zero), 1))); // 18:00 winter to 18:00 summer time
        Assert.Equal("2027-03-29T07:30:00Z", Utc(berlin.AddWorkingTime(new DateTimeOffset(2027, 3, 26, 17, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1)))); // 09:30 summer time
        Assert.Equal(TimeSpan.FromHours(23), berlin.EndOf(new DateOnly(2027, 3, 28)) - berlin.EndOf(new DateOnly(2027, 3, 27)));
        Assert.Equal(TimeSpan.FromHours(25), berlin.EndOf(new DateOnly(2027, 10, 31)) - berlin.EndOf(new DateOnly(2027, 10, 30)));
    }

    [Theory]
    [InlineData("12:00", "14:00", "2026-11-25 11:59", "2026-11-25 11:59", "2026-11-25 11:59")]
    [InlineData("12:00", "14:00", "2026-11-25 12:00", "2026-11-25 14:00", "2026-11-25 10:00")]
    [InlineData("12:00", "14:00", "2026-11-25 14:00", "2026-11-25 14:00", "2026-11-25 14:00")]
    [InlineData("21:00", "08:00", "2026-11-26 03:00", "2026-11-26 08:00", "2026-11-25 19:00")]
    [InlineData("21:00", "08:00", "2026-12-31 21:00", "2027-01-01 08:00", "2026-12-31 19:00")]
    [InlineData("00:00", "00:00", "2026-11-26 03:00", "2026-11-26 03:00", "2026-11-26 03:00")] // never quiet
    [InlineData("00:00", "06:00", "2026-11-26 00:00", "2026-11-26 06:00", "2026-11-25 22:00")]
    public void Quiet_hours_are_half_open_and_may_pass_midnight(string from, string until, string at, string next, string last)
    {
        var calendar = new WorkingCalendar(China.Zone, China.Lists) { Quiet = new(TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(until, CultureInfo.InvariantCulture)) };
        Assert.Equal(next, Shown(calendar.NextAllowed(Local(at))));
        Assert.Equal(last, Shown(calendar.LastAllowed(Local(at))));
    }

    [Fact]
    public void A_season_begins_with_its_first_day_and_is_over_on_its_last()
    {
        var calendar = new WorkingCalendar(China.Zone, []) { Seasons = [new Season("秋收", "Farming", new DateOnly(2026, 9, 20), new DateOnly(2026, 10, 11))] };
        Assert.Equal(
            [null, "秋收", "秋收", null],
            new[] { "2026-09-19", "2026-09-20", "2026-10-10", "2026-10-11" }.Select(day => calendar.SeasonOf(Day(day))?.Name));
    }

    [Fact]
    public void The_instant_that_ends_a_known_year_is_not_provisional()
    {
        Assert.False(China.IsProvisional(Local("2027-01-01 00:00")));
        Assert.True(China.IsProvisional(Local("2027-01-01 00:01")));
    }

    [Fact]
    public void A_calendar_without_working_days_is_refused_and_does_not_hang()
    {
        var rest = Enumerable.Range(0, 500).Select(day => new HolidayEntry(new DateOnly(2026, 1, 1).AddDays(day), IsWorked: false)).ToList();
        Assert.Throws<InvalidOperationException>(() => new WorkingCalendar(China.Zone, [new HolidayList(2026, rest)]).NextWorkingDay(new DateOnly(2026, 1, 1)));
    }

    private static WorkingCalendar In(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone), []);

    private static DateOnly Day(string day) => DateOnly.Parse(day, CultureInfo.InvariantCulture);

    private static string Utc(DateTimeOffset instant) => instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
