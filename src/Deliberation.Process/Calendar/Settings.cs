namespace Deliberation.Process.Calendar;

/// <summary>Who is told, and when, that work is late (督办). A village says 组长 → 村 → 乡镇 → 县 with the same posts.</summary>
public sealed record LadderSettings
{
    /// <summary>Post codes, lowest first.</summary>
    public IReadOnlyList<string> Posts { get; init; } = ["GroupLeader", "Community", "Subdistrict", "District"];

    /// <summary>Working days from the due instant to the first step, 1 or more.</summary>
    public int FirstWorkingDays { get; init; } = 1;

    /// <summary>Working days from the first step to the second, 1 or more.</summary>
    public int SecondWorkingDays { get; init; } = 3;

    /// <summary>Working days between all later steps, 1 or more.</summary>
    public int FurtherWorkingDays { get; init; } = 5;

    /// <summary>Working days that the order at the top of the ladder gives to the post that was asked first, 1 to 60.</summary>
    public int OrderWorkingDays { get; init; } = 3;

    /// <summary>The steps for a task of a post: its own rung and those below are not asked to mend what they let lapse.</summary>
    /// <param name="skip">Steps climbed before; a returned task starts one step higher.</param>
    public IEnumerable<LadderStep> StepsAfter(WorkingCalendar calendar, DateTimeOffset dueAt, string post, int skip = 0)
    {
        var own = Posts.ToList().IndexOf(post);
        var at = dueAt;
        var rung = 0;
        foreach (var next in Posts.Skip(own + 1 + skip))
        {
            rung++;
            at = calendar.AddWorkingDays(at, rung switch { 1 => FirstWorkingDays, 2 => SecondWorkingDays, _ => FurtherWorkingDays });
            yield return new LadderStep(rung + skip, next, at);
        }
    }
}

/// <param name="Rung">1 = first step.</param>
public sealed record LadderStep(int Rung, string Post, DateTimeOffset At);

/// <summary>When people are reminded of what is due.</summary>
public sealed record ReminderSettings
{
    /// <summary>Working days before the due instant, furthest first.</summary>
    public IReadOnlyList<int> WorkingDaysBefore { get; init; } = [3, 1];

    /// <summary>Hours before a window closes at which the last reminder goes out; a reminder at the closing itself would come too late.</summary>
    public int HoursBeforeClose { get; init; } = 2;

    /// <summary>Reminders of work: before the due instant and at it.</summary>
    public IEnumerable<(string Point, DateTimeOffset At)> ForTask(WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset dueAt) =>
        Points(calendar, now, dueAt, calendar.LastAllowed(dueAt));

    /// <summary>Reminders of a window: before it closes.</summary>
    public IEnumerable<(string Point, DateTimeOffset At)> ForWindow(WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset closesAt) =>
        Points(calendar, now, closesAt, calendar.LastAllowed(closesAt.AddHours(-HoursBeforeClose)));

    private IEnumerable<(string Point, DateTimeOffset At)> Points(WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset dueAt, DateTimeOffset last)
    {
        var seen = now;
        foreach (var days in WorkingDaysBefore)
        {
            var at = calendar.NextAllowed(calendar.AddWorkingDays(dueAt, -days));
            if (at > seen && at < last)
            {
                seen = at;
                yield return ($"{days}wd", at);
            }
        }

        if (last > seen)
        {
            yield return ("due", last);
        }
    }
}

/// <summary>The facts that activities of the council ask for.</summary>
public static class ProcessFacts
{
    /// <summary>As shipped: China's calendar.</summary>
    public static IReadOnlyCollection<object> Default { get; } = Of(WorkingCalendar.China);

    /// <summary>A calendar, the default ladder and the default reminders.</summary>
    public static IReadOnlyCollection<object> Of(WorkingCalendar calendar) => [calendar, new LadderSettings(), new ReminderSettings()];
}
