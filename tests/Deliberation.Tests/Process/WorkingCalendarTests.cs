using Deliberation.Process.Calendar;
using static Deliberation.Tests.Process.StepContext;

namespace Deliberation.Tests.Process;

public sealed class WorkingCalendarTests
{
    private static readonly WorkingCalendar China = WorkingCalendar.China;

    [Theory]
    [InlineData("2026-02-13", true)] // Friday before Spring Festival
    [InlineData("2026-02-14", true)] // Saturday, made up
    [InlineData("2026-02-15", false)]
    [InlineData("2026-02-23", false)] // Monday, last day of the festival
    [InlineData("2026-02-24", true)]
    [InlineData("2026-02-28", true)] // Saturday, made up
    [InlineData("2026-10-10", true)] // Saturday, made up
    [InlineData("2026-11-28", false)] // an ordinary Saturday
    public void Holidays_rest_and_make_up_days_work(string day, bool works) =>
        Assert.Equal(works, China.IsWorkingDay(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_year_without_a_published_list_counts_weekends_only_and_says_so()
    {
        Assert.False(China.IsKnown(2027));
        Assert.True(China.IsWorkingDay(new DateOnly(2027, 10, 1)));
        Assert.False(China.IsWorkingDay(new DateOnly(2027, 10, 2)));
    }

    [Theory]
    [InlineData("2026-11-23 09:00", 7, "2026-12-01 00:00")] // Monday + 7 days ends Monday 24:00
    [InlineData("2026-11-23 00:00", 7, "2026-12-01 00:00")] // the first instant of a day is that day
    [InlineData("2026-11-23 23:59", 7, "2026-12-01 00:00")]
    [InlineData("2026-11-21 10:00", 7, "2026-12-01 00:00")] // last day Saturday 28th → Monday 30th
    [InlineData("2026-09-24 10:00", 7, "2026-10-09 00:00")] // last day 1 October → Thursday 8 October
    [InlineData("2026-02-07 10:00", 7, "2026-02-15 00:00")] // last day is a made-up Saturday: it counts
    public void A_period_starts_on_the_day_after_and_its_last_day_is_worked(string at, int days, string end) =>
        Assert.Equal(end, Shown(China.EndOfPeriod(Local(at), days)));

    [Theory]
    [InlineData("2026-11-25 18:00", 1, "2026-11-26 18:00")]
    [InlineData("2026-11-27 18:00", 1, "2026-11-30 18:00")]
    [InlineData("2026-11-28 00:00", 1, "2026-12-01 00:00")] // Friday 24:00 + 1 → Monday 24:00
    [InlineData("2026-11-28 00:00", -1, "2026-11-27 00:00")] // Friday 24:00 − 1 → Thursday 24:00
    [InlineData("2026-09-30 18:00", 2, "2026-10-09 18:00")]
    [InlineData("2026-11-30 09:00", -3, "2026-11-25 09:00")]
    public void Working_days_keep_the_time_of_day(string from, int days, string to) =>
        Assert.Equal(to, Shown(China.AddWorkingDays(Local(from), days)));

    [Theory]
    [InlineData("2026-11-25 21:59", "2026-11-25 21:59")]
    [InlineData("2026-11-25 22:00", "2026-11-26 07:00")]
    [InlineData("2026-11-26 06:59", "2026-11-26 07:00")]
    [InlineData("2026-11-26 07:00", "2026-11-26 07:00")]
    public void Nothing_is_sent_from_22_to_7(string at, string sent) => Assert.Equal(sent, Shown(China.NextAllowed(Local(at))));

    [Fact]
    public void A_window_closes_at_its_hour_on_the_last_day()
    {
        var window = Window.OfDays(China, Local("2026-11-23 09:00"), 7, closingHour: 20);
        Assert.Equal("2026-11-30 20:00", Shown(window.ClosesAt));
        Assert.Equal("2026-12-01 00:00", Shown(Window.OfDays(China, Local("2026-11-23 09:00"), 7, closingHour: 24).ClosesAt));
    }

    [Fact]
    public void Late_work_climbs_the_ladder_after_1_3_and_5_working_days()
    {
        // Due Wednesday 18:00: group leader told Thursday, community next Tuesday, subdistrict the Tuesday after.
        var steps = new LadderSettings().StepsAfter(China, Local("2026-11-25 18:00"), "Contractor").ToList();
        Assert.Equal(
            ["1 GroupLeader 2026-11-26 18:00", "2 Community 2026-12-01 18:00", "3 Subdistrict 2026-12-08 18:00", "4 District 2026-12-15 18:00"],
            steps.Select(step => $"{step.Rung} {step.Post} {Shown(step.At)}"));
    }

    [Fact]
    public void A_post_on_the_ladder_is_not_told_of_its_own_lateness()
    {
        var steps = new LadderSettings().StepsAfter(China, Local("2026-11-25 18:00"), "Community").ToList();
        Assert.Equal(["Subdistrict", "District"], steps.Select(step => step.Post));
        Assert.Equal("2026-11-26 18:00", Shown(steps[0].At));
    }

    [Fact]
    public void A_returned_task_starts_one_step_higher() =>
        Assert.Equal(
            ["2 Community 2026-11-26 18:00", "3 Subdistrict 2026-12-01 18:00", "4 District 2026-12-08 18:00"],
            new LadderSettings().StepsAfter(China, Local("2026-11-25 18:00"), "Contractor", skip: 1).Select(step => $"{step.Rung} {step.Post} {Shown(step.At)}"));

    [Fact]
    public void A_window_that_ends_at_midnight_reminds_at_the_mornings_before_and_on_the_last_evening()
    {
        var reminders = new ReminderSettings().ForWindow(China, Local("2026-11-23 09:00"), Local("2026-12-01 00:00"));
        Assert.Equal(["3wd 2026-11-26 07:00", "1wd 2026-11-28 07:00", "due 2026-11-30 20:00"], reminders.Select(reminder => $"{reminder.Point} {Shown(reminder.At)}"));
    }

    [Fact]
    public void Reminders_that_would_lie_in_the_past_are_left_out() =>
        Assert.Equal(["due"], new ReminderSettings().ForTask(China, Local("2026-11-25 09:00"), Local("2026-11-25 18:00")).Select(reminder => reminder.Point));
}
