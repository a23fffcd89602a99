using Deliberation.Process.Calendar;

namespace Deliberation.Process.Tasks;

/// <summary>What a term is counted in.</summary>
public enum TermUnit
{
    /// <summary>Calendar days; a last day of rest moves on (Civil Code art. 203).</summary>
    Days,

    /// <summary>Working days; ends when offices close.</summary>
    WorkingDays,

    /// <summary>Hours in which offices are open.</summary>
    WorkingHours,
}

/// <summary>How a deadline was counted: kept with the task, so that a changed calendar can count it again.</summary>
/// <param name="Amount">1 or more.</param>
/// <param name="From">The event it follows.</param>
public sealed record TaskTerm(TermUnit Unit, int Amount, DateTimeOffset From)
{
    public const int DefaultWorkingDays = 3;

    public DateTimeOffset DueAt(WorkingCalendar calendar) => Unit switch
    {
        TermUnit.WorkingHours => calendar.AddWorkingTime(From, TimeSpan.FromHours(Amount)),
        TermUnit.Days => calendar.EndOfPeriod(From, Amount),
        _ => calendar.AddWorkingDays(calendar.At(calendar.DayOf(From), calendar.OfficesClose), Amount),
    };
}
