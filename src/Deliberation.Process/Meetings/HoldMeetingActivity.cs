using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Meetings;

/// <summary>A meeting of the council (议事会) from the invitation to the signed minutes.</summary>
/// <param name="Kind">Council, Group, Assembly or ProjectCouncil; Council when left out.</param>
/// <param name="CarriedPoints">Open points of the round before; they open this agenda.</param>
/// <param name="NoticeDays">Whole days between invitation and meeting, 1–15; 3 when left out. A day of rest never shortens it.</param>
/// <param name="LeadDays">Days from now to the meeting when that is longer than the notice, such as the interval between rounds; 0 = as early as the notice allows.</param>
/// <param name="Hour">Hour of the meeting, 7–21; 19 when left out, when people are home.</param>
[Activity(
    "Deliberation.HoldMeeting",
    Description = "Calls and holds a meeting of the council.",
    Outcomes = ["Held", "Inquorate", "Cancelled"],
    Outputs = ["OpenPoints", "PlanVersion"],
    Category = "Plan")]
public sealed record HoldMeetingActivity(
    Input<string> Kind,
    Input<int> Round,
    Input<string> Theme,
    Input<JsonArray> CarriedPoints,
    Input<int> NoticeDays,
    Input<int> LeadDays,
    Input<int> Hour,
    Input<int> QuorumNumerator,
    Input<int> QuorumDenominator,
    Input<bool> QuorumIsStrict) : IActivity
{
    private const int DefaultNoticeDays = 3;
    private const int DefaultHour = 19;

    private static readonly string[] Outcomes = ["Held", "Inquorate", "Cancelled"];

    public ActivityResult Execute(ActivityContext context)
    {
        var calendar = context.Calendar();
        var days = Math.Max(context.Positive(NoticeDays, DefaultNoticeDays) + 1, context.Evaluate(LeadDays)); // whole days lie in between
        var hour = Math.Clamp(context.Positive(Hour, DefaultHour), 7, 21);
        var command = new CallMeetingCommand(
            context.Text(Kind, "Council"),
            context.Positive(Round, 1),
            context.Text(Theme, context.DisplayText),
            calendar.At(calendar.DayOf(context.Now).AddDays(days), new TimeOnly(hour, 0)),
            context.Positive(QuorumNumerator, 1),
            context.Positive(QuorumDenominator, 2),
            QuorumIsStrict.Value is null || context.Evaluate(QuorumIsStrict))
        {
            OpenPoints = context.Texts(CarriedPoints),
        };
        return ActivityResult.Wait(new BookmarkRequest("concluded")).WithCommand(command);
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        resumption.OutcomeAmong(Outcomes) is { } outcome
            ? ActivityResult.Complete(outcome)
                .WithOutput("OpenPoints", resumption.Input!["openPoints"]?.DeepClone() ?? new JsonArray())
                .WithOutput("PlanVersion", resumption.Input["planVersion"]?.DeepClone())
            : resumption.UnknownOutcome();
}
