using Deliberation.Process.Calendar;

namespace Deliberation.Process.Lists;

/// <summary>When the pack of a month is made (每月调度): as its first working day begins.</summary>
public static class PackMonths
{
    /// <param name="month">First day of the month.</param>
    public static DateTimeOffset MadeAt(WorkingCalendar calendar, DateOnly month) => calendar.At(calendar.NextWorkingDay(month), TimeOnly.MinValue);

    /// <summary>First day of the first month whose pack is still to come; at its instant it is no longer.</summary>
    public static DateOnly Next(WorkingCalendar calendar, DateTimeOffset now)
    {
        var day = calendar.DayOf(now);
        var month = new DateOnly(day.Year, day.Month, 1);
        return MadeAt(calendar, month) > now ? month : month.AddMonths(1);
    }
}
