using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Deliberation.Process.Calendar;

/// <summary>Working days, legal periods and quiet hours in the council's time zone. Pure data; handed to activities as a fact.</summary>
/// <remarks>
/// Sources: Civil Code arts. 201, 203 (a period starts on the day after the event and ends at 24:00; a last day of rest moves on),
/// and the State Council's yearly notices for holidays and make-up workdays. Instants are half-open: 24:00 is 00:00 of the next day.
/// </remarks>
public sealed class WorkingCalendar
{
    private static readonly TimeOnly QuietFrom = new(22, 0);
    private static readonly TimeOnly QuietUntil = new(7, 0);

    private readonly FrozenSet<DateOnly> holidays;
    private readonly FrozenSet<DateOnly> makeUpDays;
    private readonly FrozenSet<int> years;

    /// <param name="zone">The council's time zone.</param>
    /// <param name="years">Years whose holiday list is known; in all others only weekends rest.</param>
    /// <param name="holidays">Days of rest, weekends need not be listed.</param>
    /// <param name="makeUpDays">Saturdays and Sundays that are worked.</param>
    public WorkingCalendar(TimeZoneInfo zone, IEnumerable<int> years, IEnumerable<DateOnly> holidays, IEnumerable<DateOnly> makeUpDays)
    {
        Zone = zone;
        this.years = years.ToFrozenSet();
        this.holidays = holidays.ToFrozenSet();
        this.makeUpDays = makeUpDays.ToFrozenSet();
    }

    /// <summary>Mainland China: the embedded holiday lists, Asia/Shanghai.</summary>
    public static WorkingCalendar China { get; } = LoadChina();

    public TimeZoneInfo Zone { get; }

    /// <summary>False when the year's holiday list is not published yet: dates in it are provisional.</summary>
    public bool IsKnown(int year) => years.Contains(year);

    public bool IsWorkingDay(DateOnly day) =>
        makeUpDays.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day));

    /// <summary>The day itself when it is worked, else the next that is.</summary>
    public DateOnly NextWorkingDay(DateOnly day)
    {
        while (!IsWorkingDay(day))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>The day of an instant in the council's time zone.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant));

    /// <summary>The instant, UTC, of a wall-clock time.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>24:00 of a day: 00:00 of the next.</summary>
    public DateTimeOffset EndOf(DateOnly day) => At(day.AddDays(1), TimeOnly.MinValue);

    /// <summary>The same time of day, so many working days later (or earlier, when negative). Midnight belongs to the day that ends.</summary>
    public DateTimeOffset AddWorkingDays(DateTimeOffset instant, int days)
    {
        var local = Local(instant);
        var isMidnight = local.TimeOfDay == TimeSpan.Zero;
        var day = DateOnly.FromDateTime(local).AddDays(isMidnight ? -1 : 0);
        var step = Math.Sign(days);
        for (var left = Math.Abs(days); left > 0;)
        {
            day = day.AddDays(step);
            left -= IsWorkingDay(day) ? 1 : 0;
        }

        return isMidnight ? EndOf(day) : At(day, TimeOnly.FromDateTime(local));
    }

    /// <summary>Last day of a period of so many days that follows an event (Civil Code arts. 201, 203).</summary>
    /// <param name="eventAt">The event; its own day does not count.</param>
    /// <param name="days">Calendar days, 0 or more; 0 = the day of the event.</param>
    public DateOnly LastDayOfPeriod(DateTimeOffset eventAt, int days) => NextWorkingDay(DayOf(eventAt).AddDays(days));

    /// <summary>End of a period of so many days that follows an event: 24:00 of its last day.</summary>
    public DateTimeOffset EndOfPeriod(DateTimeOffset eventAt, int days) => EndOf(LastDayOfPeriod(eventAt, days));

    /// <summary>End of a period of working days that follows an event: 24:00 of its last day.</summary>
    public DateTimeOffset EndOfWorkingDays(DateTimeOffset eventAt, int days) =>
        EndOf(DayOf(AddWorkingDays(At(DayOf(eventAt), new TimeOnly(12, 0)), days)));

    /// <summary>True from 22:00 to 07:00, when only safety messages go out.</summary>
    public bool IsQuiet(DateTimeOffset instant)
    {
        var time = TimeOnly.FromDateTime(Local(instant));
        return time >= QuietFrom || time < QuietUntil;
    }

    /// <summary>The instant itself outside quiet hours, else 07:00 at their end.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset instant)
    {
        if (!IsQuiet(instant))
        {
            return instant;
        }

        var local = Local(instant);
        var day = DateOnly.FromDateTime(local);
        return At(TimeOnly.FromDateTime(local) >= QuietFrom ? day.AddDays(1) : day, QuietUntil);
    }

    /// <summary>The instant itself outside quiet hours, else 20:00 of the evening they began: early enough to still act.</summary>
    public DateTimeOffset LastAllowed(DateTimeOffset instant)
    {
        if (!IsQuiet(instant))
        {
            return instant;
        }

        var local = Local(instant);
        var day = DateOnly.FromDateTime(local);
        return At(TimeOnly.FromDateTime(local) >= QuietFrom ? day : day.AddDays(-1), new TimeOnly(20, 0));
    }

    private DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone).DateTime;

    private static WorkingCalendar LoadChina()
    {
        using var stream = typeof(WorkingCalendar).Assembly.GetManifestResourceStream("Deliberation.Process.Calendar.holidays-cn.json")
            ?? throw new InvalidOperationException("The holiday list is not embedded.");
        using var document = JsonDocument.Parse(stream);
        var lists = document.RootElement.GetProperty("years").EnumerateObject().ToList();
        return new WorkingCalendar(
            TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
            lists.Select(list => int.Parse(list.Name, CultureInfo.InvariantCulture)),
            lists.SelectMany(list => Days(list.Value.GetProperty("holidays"))),
            lists.SelectMany(list => Days(list.Value.GetProperty("workdays"))));
    }

    /// <summary>Days as <c>2026-05-01</c> or as an inclusive range <c>2026-05-01/2026-05-05</c>.</summary>
    private static IEnumerable<DateOnly> Days(JsonElement list)
    {
        foreach (var entry in list.EnumerateArray())
        {
            var ends = entry.GetString()!.Split('/');
            var last = DateOnly.ParseExact(ends[^1], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            for (var day = DateOnly.ParseExact(ends[0], "yyyy-MM-dd", CultureInfo.InvariantCulture); day <= last; day = day.AddDays(1))
            {
                yield return day;
            }
        }
    }
}
