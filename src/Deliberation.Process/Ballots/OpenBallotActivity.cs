using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>Puts a question to the vote (表决) and waits for the decision.</summary>
/// <param name="Rule">As in <see cref="OpenBallotCommand"/>; a majority of the votes cast when left out.</param>
/// <param name="Roll">Owners, Households, Residents, Members, Merchants or AwayWorkers; Households when left out.</param>
/// <param name="Options">What the rule chooses among: <c>[{"id","text","costFen"}]</c>; empty = for, against, abstain.</param>
/// <param name="Days">Whole days of the window, 5–60 for owners (local rules); 7 when left out.</param>
/// <param name="ClosingHour">1–23 on the last day; 24:00 when left out.</param>
/// <param name="Paper">Ballots of a project that name the same paper stand on it together; alone when left out.</param>
/// <param name="Documents">Put to the vote with the question: <c>[{"title","text"}]</c>.</param>
[Activity(
    "Deliberation.OpenBallot",
    Description = "Puts a question to the vote.",
    Outcomes = ["Passed", "Rejected", "Inquorate", "Tied", "Voided"],
    Outputs = ["BallotId", "Elected", "Funded", "Result"],
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
    Input<int> Round,
    Input<string> Paper,
    Input<JsonArray> Documents) : IActivity
{
    private static readonly string[] Outcomes = ["Passed", "Rejected", "Inquorate", "Tied", "Voided"];

    public ActivityResult Execute(ActivityContext context)
    {
        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, BallotFlow.DefaultDays), context.Evaluate(ClosingHour));
        var command = new OpenBallotCommand(
            context.Text(Question, context.DisplayText),
            context.Text(Explanation, ""),
            context.Evaluate(Rule) ?? new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true },
            context.Text(Roll, "Households"),
            context.Texts(Members),
            context.Evaluate(RollScope) is { Length: > 0 } scope ? scope : null,
            context.Text(Secrecy, "Named"),
            BallotFlow.LawOn(context, context.Text(LawProfile, "civil-code-2021")),
            context.Positive(Round, 1),
            [.. (context.Evaluate(Options) ?? []).OfType<JsonObject>().Select(ToOption)],
            window.OpensAt,
            window.ClosesAt)
        {
            Paper = context.Evaluate(Paper) is { Length: > 0 } paper ? paper : null,
            Documents = [.. (context.Evaluate(Documents) ?? []).OfType<JsonObject>().Select(d => new BallotText(d["title"]?.ToString() ?? "", d["text"]?.ToString() ?? ""))],
        };
        return BallotCheck.Problem(command.Rule, command.Options, command.Secrecy, command.Roll) is { } problem
            ? ActivityResult.Failed(problem)
            : BallotFlow.Open(context, BallotFlow.WithAwayWindow(context, command, context.Evaluate(ClosingHour)));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        BallotFlow.Resume(context, resumption, Outcomes, outcome => ActivityResult.Complete(outcome)
            .WithOutput("BallotId", resumption.Input?["ballotId"]?.DeepClone())
            .WithOutput("Elected", resumption.Input?["elected"]?.DeepClone() ?? new JsonArray())
            .WithOutput("Funded", resumption.Input?["funded"]?.DeepClone() ?? new JsonArray())
            .WithOutput("Result", resumption.Input?.DeepClone()));

    private static BallotOption ToOption(JsonObject option) =>
        new(option["id"]?.ToString() ?? "", option["text"]?.ToString() ?? "", option["costFen"].AsWhole());
}
