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
[Activity("Elsa.Timer", Description = "Waits for an interval.", Category = "Scheduling")]
internal sealed record Timer(Input<TimeSpan> Interval) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => Clocks.WaitUntil("Elsa.Timer", "resumeAt", context.Now + context.Evaluate(Interval));
}

/// <summary>Waits for an instant; goes on at once when it is past.</summary>
[Activity("Elsa.StartAt", Description = "Waits for an instant.", Category = "Scheduling")]
internal sealed record StartAt(Input<DateTimeOffset> DateTime) : IActivity
{
    public ActivityResult Execute(ActivityContext context) =>
        context.Evaluate(DateTime) is var at && at <= context.Now ? ActivityResult.Done : Clocks.WaitUntil("Elsa.StartAt", "executeAt", at);
}

/// <summary>Waits for the next occurrence of a cron expression, in UTC.</summary>
[Activity("Elsa.Cron", Description = "Waits for the next time of a cron expression.", Category = "Scheduling")]
internal sealed record Cron(Input<string> CronExpression) : IActivity, IChecked
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

            return problems;
        }
    }

    public ActivityResult Execute(ActivityContext context)
    {
        var expression = context.Evaluate(CronExpression) ?? "";
        return CronSchedule.Parse(expression).Next(context.Now) is { } at
            ? Clocks.WaitUntil("Elsa.Cron", "executeAt", at, expression)
            : ActivityResult.Failed($"'{expression}' never comes.");
    }
}

/// <summary>The waits that Elsa's scheduling activities leave.</summary>
internal static class Clocks
{
    public static ActivityResult WaitUntil(string name, string property, DateTimeOffset at, string? cronExpression = null)
    {
        var payload = new JsonObject { [property] = at.ToString("O", CultureInfo.InvariantCulture) };
        if (cronExpression is not null)
        {
            payload["cronExpression"] = cronExpression;
        }

        return ActivityResult.Wait(new BookmarkRequest(name, DueAt: at, Payload: payload));
    }
}
