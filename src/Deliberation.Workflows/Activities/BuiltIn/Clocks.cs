using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Waits, then completes. Any length.</summary>
/// <remarks>Input <c>timeSpan</c>: [d.]hh:mm:ss, 0 or more. Source: Elsa 3, activity <c>Elsa.Delay</c>.</remarks>
[Activity("Elsa.Delay", Description = "Waits for a span of time.", Category = "Scheduling")]
internal sealed record Delay(Input<TimeSpan> TimeSpan) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => Clocks.WaitUntil("Elsa.Delay", "resumeAt", context.Now + context.Evaluate(TimeSpan));
}

/// <summary>In the middle of a workflow: waits once. As its start it is a trigger, which is the host's matter.</summary>
/// <remarks>In a loop, input <c>catchUp</c> says what an outage does: <c>Once</c> (unless set) or <c>Each</c>. Not of Elsa, whose timers know no outage.</remarks>
[Activity("Elsa.Timer", Description = "Waits for an interval.", Category = "Scheduling")]
internal sealed record Timer(Input<TimeSpan> Interval, [Input(DisplayName = "Catch up", Description = Clocks.CatchUpHelp)] Input<string> CatchUp) : IActivity, IChecked
{
    public BindingProblems Problems => Clocks.Check(CatchUp, new BindingProblems());

    public ActivityResult Execute(ActivityContext context) =>
        Clocks.WaitUntil("Elsa.Timer", "resumeAt", Clocks.Last(context, CatchUp) + context.Evaluate(Interval), Clocks.PolicyOf(context, CatchUp));
}

/// <summary>Waits for an instant; goes on at once when it is past.</summary>
[Activity("Elsa.StartAt", Description = "Waits for an instant.", Category = "Scheduling")]
internal sealed record StartAt(Input<DateTimeOffset> DateTime) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        context.Evaluate(DateTime) is var at && at <= context.Now ? ActivityResult.Done : Clocks.WaitUntil("Elsa.StartAt", "executeAt", at);
}

/// <summary>Waits for the next occurrence of a cron expression, in UTC.</summary>
/// <remarks><c>catchUp</c> as of <see cref="Timer"/>.</remarks>
[Activity("Elsa.Cron", Description = "Waits for the next time of a cron expression.", Category = "Scheduling")]
internal sealed record Cron(Input<string> CronExpression, [Input(DisplayName = "Catch up", Description = Clocks.CatchUpHelp)] Input<string> CatchUp) : IActivity, IChecked
{
    public BindingProblems Problems
    {
        get
        {
            var problems = new BindingProblems { Property = "cronExpression" };
            if (CronExpression is { ExpressionType: "Literal", Value: { } text })
            {
                try
                {
                    CronSchedule.Parse(text.ToString());
                }
                catch (ExpressionException problem)
                {
                    problems.Add(problem);
                }
            }

            return Clocks.Check(CatchUp, problems);
        }
    }

    public ActivityResult Execute(ActivityContext context)
    {
        var expression = context.Evaluate(CronExpression) ?? "";
        return CronSchedule.Parse(expression).Next(Clocks.Last(context, CatchUp)) is { } at
            ? Clocks.WaitUntil("Elsa.Cron", "executeAt", at, Clocks.PolicyOf(context, CatchUp), expression)
            : ActivityResult.Failed($"'{expression}' never comes.");
    }
}

/// <summary>The waits that Elsa's scheduling activities leave.</summary>
internal static class Clocks
{
    public const string CatchUpHelp = "After an outage: Once, or Each occurrence that was missed.";

    public static BindingProblems Check(Input<string> catchUp, BindingProblems problems)
    {
        if (catchUp is { ExpressionType: "Literal", Value: { } text } && text.ToString() is not (nameof(CatchUp.Once) or nameof(CatchUp.Each) or ""))
        {
            problems.Property = "catchUp";
            problems.Add(new ExpressionException($"'{text}' is neither Once nor Each."));
        }

        return problems;
    }

    public static CatchUp PolicyOf(ActivityContext context, Input<string> catchUp) => context.Evaluate(catchUp) == nameof(CatchUp.Each) ? CatchUp.Each : CatchUp.Once;

    /// <summary>From when the next occurrence is reckoned.</summary>
    public static DateTimeOffset Last(ActivityContext context, Input<string> catchUp) => PolicyOf(context, catchUp) == CatchUp.Each ? context.Occasion : context.Now;

    public static ActivityResult WaitUntil(string name, string property, DateTimeOffset at, CatchUp catchUp = CatchUp.Once, string? cronExpression = null)
    {
        var payload = new JsonObject { [property] = at.ToString("O", CultureInfo.InvariantCulture) };
        if (cronExpression is not null)
        {
            payload["cronExpression"] = cronExpression;
        }

        return ActivityResult.Wait(new BookmarkRequest(name, DueAt: at, Payload: payload, CatchUp: catchUp));
    }
}
