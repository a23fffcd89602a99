using System.Globalization;
using Deliberation.Process.Calendar;
using Deliberation.Process.Questions;
using Xunit;

namespace Deliberation.Tests.Process;

/// <summary>Dates of a question, computed by hand from the calendar of 2026.</summary>
public sealed class QuestionDatesTests
{
    [Theory]
    [InlineData("2026-11-23 10:00", "2026-11-25 09:00", "2026-11-27 00:00", "2026-11-27 09:00")] // Monday: Tuesday, Wednesday, Thursday
    [InlineData("2026-11-23 00:00", "2026-11-25 09:00", "2026-11-27 00:00", "2026-11-27 09:00")]
    [InlineData("2026-11-23 23:59", "2026-11-25 09:00", "2026-11-27 00:00", "2026-11-27 09:00")]
    [InlineData("2026-11-26 10:00", "2026-11-30 09:00", "2026-12-02 00:00", "2026-12-02 09:00")] // Thursday: Friday, Monday, Tuesday
    [InlineData("2026-11-21 10:00", "2026-11-24 09:00", "2026-11-26 00:00", "2026-11-26 09:00")] // Saturday
    [InlineData("2026-09-29 10:00", "2026-10-08 09:00", "2026-10-10 00:00", "2026-10-10 09:00")] // National Day: 30 September, 8 and 9 October; Saturday 10 October is worked
    public void Three_working_days_a_reminder_before_the_last_and_up_on_the_next(string asked, string remind, string due, string escalate)
    {
        var dates = QuestionDates.Of(WorkingCalendar.China, At(asked));

        Assert.Equal((At(remind), At(due), At(escalate)), (dates.RemindAt, dates.DueAt, dates.EscalateAt));
    }

    [Theory]
    [InlineData(-1, false, false, QuestionStanding.New)]
    [InlineData(-1, true, false, QuestionStanding.Assigned)]
    [InlineData(0, true, false, QuestionStanding.Late)] // at the due instant
    [InlineData(0, false, false, QuestionStanding.Late)]
    [InlineData(0, true, true, QuestionStanding.Answered)]
    public void A_question_is_late_at_its_due_instant(int ticks, bool hasDepartment, bool isAnswered, QuestionStanding standing)
    {
        var due = At("2026-11-27 00:00");
        Assert.Equal(standing, QuestionStandings.Of(due.AddTicks(ticks), due, hasDepartment, isAnswered));
    }

    private static DateTimeOffset At(string local) => new(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8));
}
