using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>Puts a question to the vote (表决) and waits for the decision.</summary>
/// <param name="Rule">As in <see cref="OpenBallotCommand"/>; a majority of the votes cast when left out.</param>
/// <param name="Roll">Owners, Households, Residents or Members; Households when left out.</param>
/// <param name="Options">Items of a budget or a ranking: <c>[{"id","text","costFen"}]</c>; empty = for, against, abstain.</param>
/// <param name="Days">Whole days of the window, 5–60 for owners (local rules); 7 when left out.</param>
/// <param name="ClosingHour">1–23 on the last day; 24:00 when left out.</param>
[Activity(
    "Deliberation.OpenBallot",
    Description = "Puts a question to the vote.",
    Outcomes = ["Passed", "Rejected", "Inquorate", "Tied", "Voided"],
    Outputs = ["BallotId", "Funded", "Result"],
    Category = "Plan")]
public sealed record OpenBallotActivity(
    Input<string> Question,
    Input<string> Explanation,
    Input<JsonObject> Rule,
    Input<string> Roll,
    Input<JsonArray> Members,
    Input<string> RollScope,
    Input<string> Secrecy,
    Input<string> LawProfile,
    Input<JsonArray> Options,
    Input<int> Days,
    Input<int> ClosingHour,
    Input<int> Round) : IActivity
{
    private static readonly string[] Outcomes = ["Passed", "Rejected", "Inquorate", "Tied", "Voided"];

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, BallotFlow.DefaultDays), context.Evaluate(ClosingHour));
        return BallotFlow.Open(context, new OpenBallotCommand(
            context.Text(Question, context.DisplayText),
            context.Text(Explanation, ""),
            context.Evaluate(Rule) ?? new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true },
            context.Text(Roll, "Households"),
            context.Texts(Members),
            context.Evaluate(RollScope) is { Length: > 0 } scope ? scope : null,
            context.Text(Secrecy, "Named"),
            context.Text(LawProfile, "civil-code-2021"),
            context.Positive(Round, 1),
            [.. (context.Evaluate(Options) ?? []).OfType<JsonObject>().Select(ToOption)],
            window.OpensAt,
            window.ClosesAt));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        BallotFlow.Resume(context, resumption, Outcomes, outcome => ActivityResult.Complete(outcome)
            .WithOutput("BallotId", resumption.Input?["ballotId"]?.DeepClone())
            .WithOutput("Funded", resumption.Input?["funded"]?.DeepClone() ?? new JsonArray())
            .WithOutput("Result", resumption.Input?.DeepClone()));

    private static BallotOption ToOption(JsonObject option) =>
        new(option["id"]?.ToString() ?? "", option["text"]?.ToString() ?? "", option["costFen"].AsWhole());
}
