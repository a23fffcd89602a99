using Deliberation.Features.Projects;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_Pager</c>.</summary>
/// <param name="Address">Address of a page by its number.</param>
public sealed record PagerPart(int Number, int Pages, int Total, Func<int, string> Address);

/// <summary>Model of <c>_Chips</c>: filters that live in the address.</summary>
public sealed record ChipsPart(string Label, IReadOnlyList<Chip> Chips);

public sealed record Chip(string Text, string Address, bool IsCurrent);

/// <summary>Model of <c>_ReasonForm</c>: an act that needs a reason, folded away until wanted.</summary>
/// <param name="Handler">Page handler that acts.</param>
/// <param name="Title">The act, verb first; also the words of its button.</param>
/// <param name="Note">What it does, one sentence.</param>
/// <param name="WhyNot">Why it cannot be done now; null when it can.</param>
/// <param name="HasDay">True when a day is asked for as well.</param>
public sealed record ReasonFormPart(string Handler, string Title, string Note, string? WhyNot = null, bool HasDay = false, string? DayLabel = null, string? Reason = null, string? Day = null);

/// <summary>Model of <c>_FormField</c>: a field of one of several forms that ask for the same. The form that was sent has the plain ids, so that the summary of errors leads into it.</summary>
/// <param name="Field">With what was typed.</param>
/// <param name="Form">Tells the ids of the other forms apart.</param>
/// <param name="IsUsed">This form was sent and came back.</param>
/// <param name="Kept">What the other forms show.</param>
public sealed record FormFieldPart(FieldPart Field, string Form, bool IsUsed, string? Kept = null);

/// <summary>A project's next date in words: a meeting is at its time, all else is to be done by it.</summary>
public static class NextDates
{
    /// <returns>Null when there is none.</returns>
    public static string? Next(this ITexts texts, ProjectLine project) =>
        project.NextDueAt is not { } at ? null : project.NextKind is "Meeting" ? texts.Format.Instant(at) : texts.Format.Deadline(at);
}

/// <summary>Due instants in words: overdue by how much, today at what time, else the day.</summary>
public static class Due
{
    public static StatusPart Status(ITexts texts, DateTimeOffset now, DateTimeOffset due) =>
        due < now ? new StatusPart("no", Overdue(texts, now - due))
        : due - now < TimeSpan.FromDays(3) ? new StatusPart("due", texts.TimeLeft(now, due))
        : new StatusPart("", texts.TimeLeft(now, due));

    /// <summary>How late something was done, in the largest whole unit; less than a second is on time.</summary>
    public static string Lateness(ITexts texts, long milliseconds) => milliseconds switch
    {
        < 1_000 => texts["timers.on-time"],
        < 60_000 => texts.Get("timers.late-seconds", new { count = milliseconds / 1_000 }),
        < 3_600_000 => texts.Get("timers.late-minutes", new { count = milliseconds / 60_000 }),
        < 86_400_000 => texts.Get("timers.late-hours", new { count = milliseconds / 3_600_000 }),
        _ => texts.Get("timers.late-days", new { count = milliseconds / 86_400_000 }),
    };

    private static string Overdue(ITexts texts, TimeSpan late) =>
        late >= TimeSpan.FromDays(1) ? texts.Get("due.late-days", new { count = (int)late.TotalDays })
        : late >= TimeSpan.FromHours(1) ? texts.Get("due.late-hours", new { count = (int)late.TotalHours })
        : texts.Get("due.late-minutes", new { count = Math.Max(1, (int)late.TotalMinutes) });
}
