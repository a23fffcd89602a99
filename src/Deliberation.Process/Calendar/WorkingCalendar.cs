using System.Collections.Frozen;

namespace Deliberation.Process.Calendar;

/// <summary>Working days and hours, legal periods, quiet hours and seasons of a community, in its time zone. Pure data; handed to activities as a fact.</summary>
/// <remarks>
/// Sources: Civil Code arts. 201, 203 (a period starts on the day after the event and ends at 24:00; a last day of rest moves on),
/// and the State Council's yearly notices for holidays and make-up workdays. Instants are half-open: 24:00 is 00:00 of the next day.
/// A clock time that a zone skips moves on by the gap; one that it shows twice is the later: nobody loses an hour.
/// </remarks>
public sealed class WorkingCalendar
{
    /// <summary>A calendar that rests for longer than this is taken for a mistake.</summary>
    private const int MostDaysWithoutWork = 400;

    private readonly FrozenSet<DateOnly> holidays;
    private readonly FrozenSet<DateOnly> makeUpDays;
    private readonly FrozenSet<int> years;

    /// <param name="zone">The council's time zone.</param>
    /// <param name="lists">Years whose holiday list is known; in all others only weekends rest.</param>
    public WorkingCalendar(TimeZoneInfo zone, IEnumerable<HolidayList> lists)
    {
        Zone = zone;
        Lists = [.. lists.OrderBy(list => list.Year)];
        years = Lists.Select(list => list.Year).ToFrozenSet();
        holidays = Lists.SelectMany(list => list.Days).Where(day => !day.IsWorked).Select(day => day.Day).ToFrozenSet();
        makeUpDays = Lists.SelectMany(list => list.Days).Where(day => day.IsWorked).Select(day => day.Day).ToFrozenSet();
    }

    /// <summary>Mainland China as shipped: Asia/Shanghai, the lists of <see cref="ShippedHolidays"/>. For the offline tool and for tests; a community's own comes from its loader.</summary>
    public static WorkingCalendar China { get; } = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), ShippedHolidays.Lists);

    public TimeZoneInfo Zone { get; }

    /// <summary>By year.</summary>
    public IReadOnlyList<HolidayList> Lists { get; }

    /// <summary>When only safety messages go out; from and until alike = never quiet.</summary>
    public DaySpan Quiet { get; init; } = new(new TimeOnly(22, 0), new TimeOnly(7, 0));

    /// <summary>When a working day is worked, in order and apart; the last end is when offices close.</summary>
    public IReadOnlyList<DaySpan> Hours { get; init; } = [new(new TimeOnly(8, 30), new TimeOnly(12, 0)), new(new TimeOnly(13, 30), new TimeOnly(18, 0))];

    /// <summary>School holidays, harvests: people are away or busy.</summary>
    public IReadOnlyList<Season> Seasons { get; init; } = [];

    /// <summary>The same calendar with another list of a year.</summary>
    public WorkingCalendar With(HolidayList list) => new(Zone, Lists.Where(other => other.Year != list.Year).Append(list)) { Quiet = Quiet, Hours = Hours, Seasons = Seasons };

    /// <summary>When offices close.</summary>
    public TimeOnly OfficesClose => Hours[^1].Until;

    /// <summary>False when the year's holiday list is not published yet (待公布): dates in it are provisional.</summary>
    public bool IsKnown(int year) => years.Contains(year);

    /// <summary>True when the instant's year has no list yet. The instant that ends a year belongs to it.</summary>
    public bool IsProvisional(DateTimeOffset instant) => !IsKnown(DayOf(instant.AddTicks(-1)).Year);

    public bool IsWorkingDay(DateOnly day) =>
        makeUpDays.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day));

    /// <summary>The season a day lies in; null when in none.</summary>
    public Season? SeasonOf(DateOnly day) => Seasons.FirstOrDefault(season => season.Contains(day));

    /// <summary>The day itself when it is worked, else the next that is.</summary>
    public DateOnly NextWorkingDay(DateOnly day) => Worked(day, 1);

    /// <summary>The day of an instant in the council's time zone.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant));

    /// <summary>The instant, UTC, of a wall-clock time.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime(); // both offsets are the standard one in a gap and in an overlap
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
        for (var left = Math.Abs(days); left > 0; left--)
        {
            day = Worked(day.AddDays(step), step);
        }

        return isMidnight ? EndOf(day) : At(day, TimeOnly.FromDateTime(local));
    }

    /// <summary>So much working time later: only <see cref="Hours"/> of working days count.</summary>
    /// <param name="time">0 or more; 0 = the instant itself. Time that ends with the hours ends at their end, not at the next beginning.</param>
    public DateTimeOffset AddWorkingTime(DateTimeOffset instant, TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
        {
            return instant;
        }

        for (var day = NextWorkingDay(DayOf(instant)); ; day = NextWorkingDay(day.AddDays(1)))
        {
            foreach (var hours in Hours)
            {
                var (from, until) = (At(day, hours.From), At(day, hours.Until));
                from = from < instant ? instant : from;
                if (from + time <= until)
                {
                    return from + time;
                }

                time -= from < until ? until - from : TimeSpan.Zero;
            }
        }
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

    /// <summary>True in the quiet hours, when only safety messages go out.</summary>
    public bool IsQuiet(DateTimeOffset instant) => Quiet.Contains(TimeOnly.FromDateTime(Local(instant)));

    /// <summary>The instant itself outside quiet hours, else their end.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset instant) =>
        IsQuiet(instant) ? At(QuietSince(instant).AddDays(Quiet.PassesMidnight ? 1 : 0), Quiet.Until) : instant;

    /// <summary>The instant itself outside quiet hours, else two hours before they began: early enough to still act.</summary>
    public DateTimeOffset LastAllowed(DateTimeOffset instant) =>
        IsQuiet(instant) ? At(QuietSince(instant), Quiet.From).AddHours(-2) : instant;

    /// <summary>When a message of now may go out; null = at once.</summary>
    public DateTimeOffset? NotBefore(DateTimeOffset now) => IsQuiet(now) ? NextAllowed(now) : null;

    /// <summary>The day on which the quiet hours around an instant began.</summary>
    private DateOnly QuietSince(DateTimeOffset instant)
    {
        var local = Local(instant);
        return DateOnly.FromDateTime(local).AddDays(TimeOnly.FromDateTime(local) < Quiet.From ? -1 : 0);
    }

    /// <exception cref="InvalidOperationException">No day is worked for more than a year.</exception>
    private DateOnly Worked(DateOnly day, int step)
    {
        for (var looked = 0; !IsWorkingDay(day); looked++)
        {
            day = looked < MostDaysWithoutWork ? day.AddDays(step) : throw new InvalidOperationException($"No working day within {MostDaysWithoutWork} days of {day:O}.");
        }

        return day;
    }

    private DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone).DateTime;
}
