using System.Globalization;
using Deliberation.Process.Calendar;
using Deliberation.Process.Duties;
using Xunit;

namespace Deliberation.Tests.Process;

/// <summary>Days of a duty and its instants, computed by hand from the calendars of 2026 and 2028.</summary>
public sealed class DutyPeriodTests
{
    private static readonly WorkingCalendar China = WorkingCalendar.China;

    [Theory]
    [InlineData(DutyRhythm.Day, "2026-10-01", "2026-10-01", "2026-10-01")]
    [InlineData(DutyRhythm.WorkingDay, "2026-10-01", "2026-10-08", "2026-10-08")] // National Day: the first worked day is Thursday 8
    [InlineData(DutyRhythm.Week, "2026-11-29", "2026-11-23", "2026-11-29")] // a Sunday closes its week
    [InlineData(DutyRhythm.Week, "2026-11-30", "2026-11-30", "2026-12-06")]
    [InlineData(DutyRhythm.Month, "2028-02-29", "2028-02-01", "2028-02-29")] // leap day
    [InlineData(DutyRhythm.Month, "2026-02-28", "2026-02-01", "2026-02-28")]
    [InlineData(DutyRhythm.Quarter, "2026-09-30", "2026-07-01", "2026-09-30")]
    [InlineData(DutyRhythm.Quarter, "2026-10-01", "2026-10-01", "2026-12-31")]
    [InlineData(DutyRhythm.Year, "2026-12-31", "2026-01-01", "2026-12-31")]
    public void A_period_holds_its_day(DutyRhythm rhythm, string day, string first, string last) =>
        Assert.Equal(new DutyPeriod(Day(first), Day(last)), DutyPeriod.Of(China, rhythm, Day(day)));

    [Theory]
    [InlineData(DutyRhythm.Quarter, "2026-09-30", 3, "2026-09-22 09:00", "2026-10-01 00:00", "2026-10-09 00:00")] // grace ends on 3 October, a holiday: 8 October, 24:00. Mid-Autumn 25 to 27 rests, 20 September is worked
    [InlineData(DutyRhythm.Month, "2026-11-30", 0, "2026-11-25 09:00", "2026-12-01 00:00", "2026-12-01 00:00")]
    [InlineData(DutyRhythm.Month, "2026-11-30", 5, "2026-11-25 09:00", "2026-12-01 00:00", "2026-12-08 00:00")] // 5 December is a Saturday: Monday 7, 24:00
    [InlineData(DutyRhythm.Week, "2026-11-29", 1, "2026-11-27 09:00", "2026-11-30 00:00", "2026-12-01 00:00")]
    [InlineData(DutyRhythm.Day, "2026-10-01", 0, "2026-10-01 16:00", "2026-10-02 00:00", "2026-10-02 00:00")]
    public void Reminder_due_and_red_follow_the_working_calendar(DutyRhythm rhythm, string day, int grace, string remind, string due, string red)
    {
        var dates = DutyPeriod.Of(China, rhythm, Day(day)).Dates(China, rhythm, grace);
        Assert.Equal((remind, due, red), (Shown(dates.RemindAt), Shown(dates.DueAt), Shown(dates.RedAt)));
    }

    [Theory]
    [InlineData(-1, null, DutyStanding.Open)]
    [InlineData(0, null, DutyStanding.Grace)] // at the due instant
    [InlineData(59, null, DutyStanding.Grace)]
    [InlineData(60, null, DutyStanding.Missing)] // at the end of the grace
    [InlineData(90, 59, DutyStanding.Done)]
    [InlineData(90, 60, DutyStanding.DoneLate)]
    public void Standing_changes_at_the_due_instant_and_at_the_end_of_the_grace(int nowMinutes, int? doneMinutes, DutyStanding expected)
    {
        var due = new DateTimeOffset(2026, 9, 30, 16, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, DutyStandings.Of(due.AddMinutes(nowMinutes), due, due.AddMinutes(60), doneMinutes is { } done ? due.AddMinutes(done) : null));
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Shown(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
