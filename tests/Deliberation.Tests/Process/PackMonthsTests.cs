using System.Globalization;
using Deliberation.Process.Calendar;
using Deliberation.Process.Lists;
using Xunit;

namespace Deliberation.Tests.Process;

/// <summary>First working days, read by hand from the calendar of 2026.</summary>
public sealed class PackMonthsTests
{
    [Theory]
    [InlineData("2026-01-01", "2026-01-04 00:00")] // Sunday 4 January is worked
    [InlineData("2026-03-01", "2026-03-02 00:00")] // a Sunday
    [InlineData("2026-05-01", "2026-05-06 00:00")] // Labour Day
    [InlineData("2026-10-01", "2026-10-08 00:00")] // National Day
    [InlineData("2026-12-01", "2026-12-01 00:00")] // a Tuesday
    public void The_pack_is_made_as_the_first_working_day_begins(string month, string made) =>
        Assert.Equal(At(made), PackMonths.MadeAt(WorkingCalendar.China, DateOnly.ParseExact(month, "yyyy-MM-dd", CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-10-07 23:59", "2026-10-01")] // October's is still to come
    [InlineData("2026-10-08 00:00", "2026-11-01")] // at its instant no longer
    [InlineData("2026-12-31 12:00", "2027-01-01")]
    public void The_next_month_is_the_one_whose_pack_is_still_to_come(string now, string month) =>
        Assert.Equal(DateOnly.ParseExact(month, "yyyy-MM-dd", CultureInfo.InvariantCulture), PackMonths.Next(WorkingCalendar.China, At(now)));

    private static DateTimeOffset At(string local) => new(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8));
}
