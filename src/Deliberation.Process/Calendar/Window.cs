namespace Deliberation.Process.Calendar;

/// <summary>A half-open span of council time, <c>[OpensAt, ClosesAt)</c>.</summary>
public sealed record Window(DateTimeOffset OpensAt, DateTimeOffset ClosesAt)
{
    /// <summary>A window that opens now and lasts so many whole days: today does not count, the last day ends at 24:00 or at the closing hour.</summary>
    /// <param name="days">Calendar days, at least 1; a last day of rest moves to the next working day.</param>
    /// <param name="closingHour">1–23, hour of the last day at which business ends (Civil Code art. 203); 0 or 24 = midnight.</param>
    public static Window OfDays(WorkingCalendar calendar, DateTimeOffset now, int days, int closingHour = 0)
    {
        var lastDay = calendar.LastDayOfPeriod(now, Math.Max(days, 1));
        return new Window(now, closingHour is > 0 and < 24 ? calendar.At(lastDay, new TimeOnly(closingHour, 0)) : calendar.EndOf(lastDay));
    }
}
