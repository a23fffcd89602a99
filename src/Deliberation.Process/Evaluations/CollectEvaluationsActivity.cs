using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Evaluations;

/// <summary>Asks the households concerned how satisfied they are (评议, 满意度测评).</summary>
/// <param name="Questions">Text keys or literal texts, in order.</param>
/// <param name="MinimumAnswers">10 when left out; the larger of it and <paramref name="MinimumPercent"/> (20) of the households counts.</param>
/// <param name="SatisfiedPercent">Share of 4 and 5 points, inclusive; 80 when left out.</param>
/// <param name="Days">Whole days, 3–30; 7 when left out.</param>
[Activity("Deliberation.CollectEvaluations", Description = "Asks the households how satisfied they are.", Outcomes = ["Satisfied", "Unsatisfied", "TooFew"], Outputs = ["Share"], Category = "Evaluate")]
public sealed record CollectEvaluationsActivity(
    Input<string> Title,
    Input<JsonArray> Questions,
    Input<int> MinimumAnswers,
    Input<int> MinimumPercent,
    Input<int> SatisfiedPercent,
    Input<int> Days,
    Input<int> ClosingHour,
    Input<int> Round) : IActivity
{
    private const int DefaultDays = 7;

    private static readonly string[] Outcomes = ["Satisfied", "Unsatisfied", "TooFew"];

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, DefaultDays), context.Evaluate(ClosingHour));
        return ActivityResult.Wait(new BookmarkRequest("close", DueAt: window.ClosesAt), new BookmarkRequest("decided"))
            .WithBookmarks(context.WindowReminders(window.ClosesAt))
            .WithCommand(new OpenEvaluationCommand(
                context.Text(Title, context.DisplayText),
                context.Texts(Questions),
                context.Positive(MinimumAnswers, 10),
                context.Positive(MinimumPercent, 20),
                context.Positive(SatisfiedPercent, 80),
                context.Positive(Round, 1),
                window.OpensAt,
                window.ClosesAt));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) => resumption.Name switch
    {
        "reminder" => ActivityResult.Wait().WithCommand(new RemindEvaluatorsCommand(resumption.Key ?? "due")),
        "close" => ActivityResult.Wait().WithCommand(new CloseEvaluationCommand()),
        _ when resumption.OutcomeAmong(Outcomes) is { } outcome =>
            ActivityResult.Complete(outcome).WithOutput("Share", resumption.Input!["share"]?.DeepClone()),
        _ => resumption.UnknownOutcome(),
    };
}
