using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Visits;

/// <summary>Household visits (走访) until enough households are covered or the time is over.</summary>
/// <param name="CoveragePercent">1–100, share of the households, inclusive; 80 when left out.</param>
/// <param name="Days">Whole days; 14 when left out.</param>
[Activity("Deliberation.VisitHouseholds", Description = "Has the households visited and asked.", Outcomes = ["Covered", "Short"], Outputs = ["Coverage"], Category = "Plan")]
public sealed record VisitHouseholdsActivity(Input<int> CoveragePercent, Input<int> Days) : IActivity
{
    private const int DefaultPercent = 80;
    private const int DefaultDays = 14;

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, DefaultDays));
        return ActivityResult.Wait(new BookmarkRequest("covered"), new BookmarkRequest("close", DueAt: window.ClosesAt))
            .WithCommand(new StartVisitsCommand(Math.Clamp(context.Positive(CoveragePercent, DefaultPercent), 1, 100), window.ClosesAt));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        ActivityResult.Complete(resumption.Name is "covered" ? "Covered" : "Short")
            .WithCommand(new EndVisitsCommand())
            .WithOutput("Coverage", resumption.Input?["coverage"]?.DeepClone());
}
