using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Tasks;

/// <summary>The inputs that every kind of task has.</summary>
/// <param name="DueDays">Calendar days; due at 24:00 of the last. Used when <paramref name="DueWorkingDays"/> is left out.</param>
/// <param name="DueWorkingDays">Working days; due at the hour of the last at which offices close.</param>
/// <param name="DueWorkingHours">Working hours, for what cannot wait a day; goes before both.</param>
internal sealed record TaskInputs(
    Input<string> Post,
    Input<string> Title,
    Input<string> Instruction,
    Input<JsonObject> Form,
    Input<int> DueDays,
    Input<int> DueWorkingDays,
    Input<int> DueWorkingHours,
    Input<int> Round);

/// <summary>
/// What all tasks share: work for one post, reminders before the due instant, then the ladder. Completion ends the visit and with it every timer.
/// </summary>
/// <remarks>
/// Waits: <c>completed</c> (the person), <c>rescheduled</c> (<c>{"dueAt":"…","rung":1,"climbed":0}</c>: extended, or returned so that the next lateness
/// starts higher, or counted again by a changed calendar, which leaves out the steps already climbed), timers <c>reminder</c> and <c>ladder</c>.
/// </remarks>
internal static class TaskFlow
{
    /// <param name="kind">Which form the page shows.</param>
    /// <param name="outcomes">What the person may choose; the first is the good one.</param>
    public static ActivityResult Open(ActivityContext context, TaskInputs inputs, string kind, IReadOnlyList<string> outcomes, string defaultPost)
    {
        var post = context.Text(inputs.Post, defaultPost);
        var term = Term(context, inputs);
        var dueAt = term.DueAt(context.Calendar());
        var command = new CreateTaskCommand(
            kind,
            post,
            context.Text(inputs.Title, context.DisplayText),
            context.Text(inputs.Instruction, ""),
            outcomes,
            context.Evaluate(inputs.Form) ?? [],
            context.Positive(inputs.Round, 1),
            dueAt)
        {
            Term = term,
        };
        return ActivityResult.Wait(new BookmarkRequest("completed"), new BookmarkRequest("rescheduled"))
            .WithBookmarks(Timers(context, dueAt, post, skip: 0, climbed: 0))
            .WithState(Memory(dueAt, post, 0))
            .WithCommand(command);
    }

    /// <summary>Answers everything but another activity's own waits.</summary>
    /// <param name="decide">Maps the chosen outcome, for example to Late; null keeps it.</param>
    public static ActivityResult Resume(
        ActivityContext context,
        Resumption resumption,
        IReadOnlyList<string> outcomes,
        Func<string, string>? decide = null)
    {
        switch (resumption.Name)
        {
            case "reminder":
                return ActivityResult.Wait().WithCommand(new RemindTaskCommand(resumption.Key ?? "due"));
            case "ladder":
                var step = resumption.Key?.Split(':') ?? [];
                return ActivityResult.Wait().WithCommand(new EscalateTaskCommand(int.Parse(step[0], CultureInfo.InvariantCulture), step[1]));
            case "rescheduled":
                return Reschedule(context, resumption.Input);
            default:
                var chosen = resumption.Input?["outcome"] is null ? outcomes[0] : resumption.OutcomeAmong(outcomes);
                return chosen is null
                    ? resumption.UnknownOutcome()
                    : ActivityResult.Complete(decide?.Invoke(chosen) ?? chosen).WithOutput("Data", resumption.Input?["data"]?.DeepClone());
        }
    }

    /// <summary>When the task of a visit is due, as its state says.</summary>
    public static DateTimeOffset DueOf(JsonObject state) => Instant(state["dueAt"]);

    public static bool IsLate(ActivityContext context) => context.Now > Instant(context.State["dueAt"]);

    private static TaskTerm Term(ActivityContext context, TaskInputs inputs)
    {
        var (days, workingDays, hours) = (context.Evaluate(inputs.DueDays), context.Evaluate(inputs.DueWorkingDays), context.Evaluate(inputs.DueWorkingHours));
        return hours > 0 ? new TaskTerm(TermUnit.WorkingHours, hours, context.Now)
            : workingDays <= 0 && days > 0 ? new TaskTerm(TermUnit.Days, days, context.Now)
            : new TaskTerm(TermUnit.WorkingDays, workingDays > 0 ? workingDays : TaskTerm.DefaultWorkingDays, context.Now);
    }

    private static ActivityResult Reschedule(ActivityContext context, JsonNode? input)
    {
        var dueAt = Instant(input?["dueAt"] ?? context.State["dueAt"]);
        var post = context.State["post"]!.GetValue<string>();
        var skip = (int)((input?["rung"] ?? context.State["skip"]).AsWhole() ?? 0);
        return ActivityResult.Wait(new BookmarkRequest("rescheduled"))
            .Burn("reminder")
            .Burn("ladder")
            .WithBookmarks(Timers(context, dueAt, post, skip, climbed: (int)((input?["climbed"]).AsWhole() ?? 0)))
            .WithState(Memory(dueAt, post, skip));
    }

    /// <param name="climbed">Steps that are not climbed again.</param>
    private static IEnumerable<BookmarkRequest> Timers(ActivityContext context, DateTimeOffset dueAt, string post, int skip, int climbed)
    {
        var calendar = context.Calendar();
        var reminders = context.Fact<ReminderSettings>().ForTask(calendar, context.Now, dueAt).Select(InputReading.ToBookmark);
        var ladder = context.Fact<LadderSettings>().StepsAfter(calendar, dueAt, post, skip).Where(step => step.Rung > climbed)
            .Select(step => new BookmarkRequest("ladder", string.Create(CultureInfo.InvariantCulture, $"{step.Rung}:{step.Post}"), step.At));
        return reminders.Concat(ladder);
    }

    private static JsonObject Memory(DateTimeOffset dueAt, string post, int skip)
    {
        JsonObject memory = new() { ["dueAt"] = dueAt.ToString("O", CultureInfo.InvariantCulture), ["post"] = post };
        if (skip > 0)
        {
            memory["skip"] = skip;
        }

        return memory;
    }

    private static DateTimeOffset Instant(JsonNode? node) =>
        DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
