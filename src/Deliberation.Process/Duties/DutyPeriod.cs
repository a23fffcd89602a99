using Deliberation.Process.Calendar;

namespace Deliberation.Process.Duties;

/// <summary>How often a duty comes round.</summary>
public enum DutyRhythm
{
    /// <summary>Each day, days of rest too (每天).</summary>
    Day,

    /// <summary>Each working day (每个工作日).</summary>
    WorkingDay,

    /// <summary>Monday to Sunday (每周).</summary>
    Week,

    Month,
    Quarter,
    Year,
}

/// <summary>The days in which a duty is done once (周期). Both inclusive, in the community's zone.</summary>
public sealed record DutyPeriod(DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>The period of a day; of a day of rest the next working day, when only those count.</summary>
    public static DutyPeriod Of(WorkingCalendar calendar, DutyRhythm rhythm, DateOnly day)
    {
        switch (rhythm)
        {
            case DutyRhythm.Day:
                return new DutyPeriod(day, day);
            case DutyRhythm.WorkingDay:
                var worked = calendar.NextWorkingDay(day);
                return new DutyPeriod(worked, worked);
            case DutyRhythm.Week:
                var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
                return new DutyPeriod(monday, monday.AddDays(6));
            default:
                var months = rhythm switch { DutyRhythm.Month => 1, DutyRhythm.Quarter => 3, _ => 12 };
                var first = new DateOnly(day.Year, ((day.Month - 1) / months * months) + 1, 1);
                return new DutyPeriod(first, first.AddMonths(months).AddDays(-1));
        }
    }

    /// <summary>When the period is reminded of, due and red.</summary>
    /// <param name="graceDays">Calendar days after the last day, 0 or more; a last day of rest moves on (Civil Code art. 203).</param>
    public DutyDates Dates(WorkingCalendar calendar, DutyRhythm rhythm, int graceDays)
    {
        var remindAt = rhythm switch
        {
            DutyRhythm.Day or DutyRhythm.WorkingDay => calendar.At(LastDay, new TimeOnly(16, 0)),
            _ => calendar.AddWorkingDays(calendar.At(LastDay, new TimeOnly(9, 0)), rhythm switch { DutyRhythm.Week => -1, DutyRhythm.Month => -3, _ => -5 }),
        };
        return new DutyDates(remindAt, calendar.EndOf(LastDay), calendar.EndOf(graceDays == 0 ? LastDay : calendar.NextWorkingDay(LastDay.AddDays(graceDays))));
    }
}

/// <param name="RemindAt">16:00 of a day; 09:00 one working day before a week's last day, three before a month's, five before a quarter's or year's.</param>
/// <param name="DueAt">24:00 of the last day.</param>
/// <param name="RedAt">End of the grace; the due instant when there is none.</param>
public sealed record DutyDates(DateTimeOffset RemindAt, DateTimeOffset DueAt, DateTimeOffset RedAt);

/// <summary>Where a period stands.</summary>
public enum DutyStanding
{
    /// <summary>Its days run (待办).</summary>
    Open,

    /// <summary>Its days are over, its grace is not (宽限中).</summary>
    Grace,

    /// <summary>Not done, and the grace is over (缺).</summary>
    Missing,

    Done,

    /// <summary>Done after the grace (补做).</summary>
    DoneLate,
}

public static class DutyStandings
{
    /// <summary>Instants are half-open: at the due instant the grace begins, at its end the period is missing.</summary>
    /// <param name="doneAt">Null = not done.</param>
    public static DutyStanding Of(DateTimeOffset now, DateTimeOffset dueAt, DateTimeOffset redAt, DateTimeOffset? doneAt) =>
        doneAt is { } done ? (done < redAt ? DutyStanding.Done : DutyStanding.DoneLate)
        : now >= redAt ? DutyStanding.Missing
        : now >= dueAt ? DutyStanding.Grace : DutyStanding.Open;
}
