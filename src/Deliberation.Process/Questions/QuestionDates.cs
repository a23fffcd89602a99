using Deliberation.Process.Calendar;

namespace Deliberation.Process.Questions;

/// <summary>By when a resident's question is answered, and when it is reminded of and goes up.</summary>
/// <param name="RemindAt">09:00 one working day before the last day.</param>
/// <param name="DueAt">24:00 of the last day, exclusive.</param>
/// <param name="EscalateAt">09:00 of the first working day after the last day.</param>
public sealed record QuestionDates(DateTimeOffset RemindAt, DateTimeOffset DueAt, DateTimeOffset EscalateAt)
{
    /// <summary>A question is answered within so many working days (domain.md 2, triage class A).</summary>
    public const int WorkingDays = 3;

    private static readonly TimeOnly Morning = new(9, 0);

    public static QuestionDates Of(WorkingCalendar calendar, DateTimeOffset askedAt)
    {
        var due = calendar.EndOfWorkingDays(askedAt, WorkingDays);
        var lastMorning = calendar.At(calendar.DayOf(due.AddTicks(-1)), Morning);
        return new QuestionDates(calendar.AddWorkingDays(lastMorning, -1), due, calendar.AddWorkingDays(lastMorning, 1));
    }
}

/// <summary>Where a question stands.</summary>
public enum QuestionStanding
{
    /// <summary>Nobody has said whose it is (待分派).</summary>
    New,

    /// <summary>A department has it (办理中).</summary>
    Assigned,

    /// <summary>Not answered, and its last day is over (已超期).</summary>
    Late,

    Answered,
}

public static class QuestionStandings
{
    /// <summary>Half-open: at the due instant it is late.</summary>
    public static QuestionStanding Of(DateTimeOffset now, DateTimeOffset dueAt, bool hasDepartment, bool isAnswered) =>
        isAnswered ? QuestionStanding.Answered : now >= dueAt ? QuestionStanding.Late : hasDepartment ? QuestionStanding.Assigned : QuestionStanding.New;
}
