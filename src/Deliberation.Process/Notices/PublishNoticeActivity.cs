using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Notices;

/// <summary>A public notice with a window for objections (公示), ended when the window is over and every objection is decided.</summary>
/// <param name="Kind">Plan, Nominees, Result, Accounts, Grant or Covenant; Plan when left out.</param>
/// <param name="Days">Whole days, 3–30; 7 when left out.</param>
/// <param name="IsLegalPeriod">The window is fixed by law and does not move when the project is suspended (domain.md 2.1); false when left out.</param>
[Activity("Deliberation.PublishNotice", Description = "Publishes a notice and waits for objections.", Outcomes = ["Clear", "Upheld", "Withdrawn"], Category = "Plan")]
public sealed record PublishNoticeActivity(Input<string> Kind, Input<string> Title, Input<string> Body, Input<int> Days, Input<bool> IsLegalPeriod) : IActivity
{
    private const int DefaultDays = 7;

    private static readonly string[] Outcomes = ["Clear", "Upheld", "Withdrawn"];

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, DefaultDays));
        var isLegalPeriod = context.Evaluate(IsLegalPeriod);
        return ActivityResult.Wait(new BookmarkRequest("close", DueAt: window.ClosesAt, IsFixed: isLegalPeriod), new BookmarkRequest("decided"))
            .WithCommand(new PublishNoticeCommand(
                context.Text(Kind, "Plan"),
                context.Text(Title, context.DisplayText),
                context.Text(Body, ""),
                window.OpensAt,
                window.ClosesAt,
                isLegalPeriod));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        resumption.Name is "close" ? ActivityResult.Wait().WithCommand(new CloseNoticeCommand())
        : resumption.OutcomeAmong(Outcomes) is { } outcome ? ActivityResult.Complete(outcome)
        : resumption.UnknownOutcome();
}
