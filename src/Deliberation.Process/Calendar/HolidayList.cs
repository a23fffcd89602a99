namespace Deliberation.Process.Calendar;

/// <summary>A day that is not what its weekday says.</summary>
/// <param name="IsWorked">True = a Saturday or Sunday that is worked (调休); false = a day of rest.</param>
/// <param name="Name">Of the holiday; empty when none is given.</param>
public sealed record HolidayEntry(DateOnly Day, bool IsWorked, string Name = "");

/// <summary>A year's list of public holidays and make-up workdays, as the State Council announced it or as a community has changed it.</summary>
/// <param name="Days">All in <paramref name="Year"/>, each once.</param>
public sealed record HolidayList(int Year, IReadOnlyList<HolidayEntry> Days);

/// <summary>A half-open span of a day, <c>[From, Until)</c>; one whose end is not after its beginning passes midnight. From and until alike = empty.</summary>
public readonly record struct DaySpan(TimeOnly From, TimeOnly Until)
{
    public bool PassesMidnight => Until < From;

    public bool Contains(TimeOnly time) => time.IsBetween(From, Until);
}

/// <summary>A season in which people have no time for meetings (school holidays, harvest).</summary>
/// <param name="Kind">School, Farming or Other.</param>
/// <param name="From">First day, inclusive.</param>
/// <param name="Until">First day after it.</param>
public sealed record Season(string Name, string Kind, DateOnly From, DateOnly Until)
{
    /// <summary>Under which a community keeps it; empty for one that is nowhere stored.</summary>
    public Guid Id { get; init; }

    public bool Contains(DateOnly day) => day >= From && day < Until;
}
