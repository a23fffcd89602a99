using System.Text.Json.Nodes;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>An election of office-holders by secret vote (选举), one round of voting a visit.</summary>
/// <remarks>
/// Source: Villagers' Committee Law (2018) arts. 13–16. Its outputs are the inputs of the next round: <c>Elected</c> all who are elected so far,
/// <c>Runoff</c> who stands next (the tied; or the best not elected; or everybody again when the election was invalid), <c>Vacancies</c> the seats left.
/// </remarks>
/// <param name="Nominees">Resident ids, or objects with <c>id</c> and <c>text</c>.</param>
/// <param name="Excluded">Resident ids that may not stand this time, such as the chair when the vice-chair is elected.</param>
/// <param name="ElectedBefore">Resident ids elected in earlier rounds; they keep their seats.</param>
/// <param name="Seats">Seats open in this round, 1 or more.</param>
/// <param name="Mode">First, Runoff or Supplementary; First when left out.</param>
/// <param name="Rule">As in <see cref="OpenBallotCommand"/>, without seats and mode: <c>StvScottish</c>, <c>Limited</c>, … or settings of <c>OfficeElection</c>, which counts when
/// left out; owners elect their committee by <c>OwnersCommitteeElection</c>, by name.</param>
/// <param name="Roll">Households when left out; Members for an election from the midst of <paramref name="Members"/>.</param>
[Activity(
    "Deliberation.RunElection",
    Description = "Holds an election.",
    Outcomes = ["Filled", "PartlyFilled", "Runoff", "Invalid"],
    Outputs = ["Elected", "Runoff", "Vacancies", "BallotId"],
    Category = "Manage")]
public sealed record RunElectionActivity(
    Input<string> Question,
    Input<string> Explanation,
    Input<JsonArray> Nominees,
    Input<JsonArray> Excluded,
    Input<JsonArray> ElectedBefore,
    Input<int> Seats,
    Input<string> Mode,
    Input<string> Roll,
    Input<JsonArray> Members,
    Input<string> RollScope,
    Input<string> LawProfile,
    Input<int> Days,
    Input<int> ClosingHour,
    Input<int> Round,
    Input<JsonObject> Rule) : IActivity
{
    private static readonly string[] Outcomes = ["Filled", "PartlyFilled", "Runoff", "Invalid"];

    public ActivityResult Execute(ActivityContext context)
    {
        var excluded = context.Texts(Excluded).Concat(context.Texts(ElectedBefore)).ToHashSet();
        var standing = Candidates(context).Where(candidate => !excluded.Contains(candidate.Id)).ToList();
        if (standing.Count == 0)
        {
            return ActivityResult.Failed("The election has no candidate.");
        }

        var window = Window.OfDays(context.Calendar(), context.Now, context.Positive(Days, BallotFlow.DefaultDays), context.Evaluate(ClosingHour));
        var roll = context.Text(Roll, "Households");
        var command = new OpenBallotCommand(
            context.Text(Question, context.DisplayText),
            context.Text(Explanation, ""),
            RuleOf(context, roll, standing),
            roll,
            context.Texts(Members),
            context.Evaluate(RollScope) is { Length: > 0 } scope ? scope : null,
            roll == "Owners" ? "Named" : "Secret",
            BallotFlow.LawOn(context, context.Text(LawProfile, "residents-committee-2026")),
            context.Positive(Round, 1),
            standing,
            window.OpensAt,
            window.ClosesAt);
        return BallotCheck.Problem(command.Rule, command.Options, command.Secrecy, command.Roll) is { } problem
            ? ActivityResult.Failed(problem)
            : BallotFlow.Open(context, BallotFlow.WithAwayWindow(context, command, context.Evaluate(ClosingHour)));
    }

    public ActivityResult Resume(ActivityContext context, Resumption resumption) =>
        BallotFlow.Resume(context, resumption, Outcomes, outcome =>
        {
            var answer = resumption.Input!;
            var isInvalid = outcome is "Invalid"; // nothing carries over but what stood before
            var elected = context.Texts(ElectedBefore).Concat(isInvalid ? [] : Ids(answer["elected"])).Distinct();
            return ActivityResult.Complete(outcome)
                .WithOutput("Elected", elected.ToJson())
                .WithOutput("Runoff", (isInvalid ? context.Evaluate(Nominees) : answer["runoff"])?.DeepClone() ?? new JsonArray())
                .WithOutput("Vacancies", isInvalid ? context.Positive(Seats, 1) : (int)(answer["vacancies"].AsWhole() ?? 0))
                .WithOutput("BallotId", answer["ballotId"]?.DeepClone());
        });

    private JsonObject RuleOf(ActivityContext context, string roll, List<BallotOption> standing)
    {
        var rule = context.Evaluate(Rule)?.DeepClone().AsObject() ?? [];
        var name = rule["rule"]?.ToString() ?? (roll == "Owners" ? "OwnersCommitteeElection" : "OfficeElection");
        rule["rule"] = name;
        rule["seats"] = context.Positive(Seats, 1);
        rule["election"] = true;
        if (name != "OfficeElection")
        {
            return rule;
        }

        rule["mode"] = context.Text(Mode, "First");
        var before = context.Texts(ElectedBefore);
        if (before.Count > 0)
        {
            rule["seated"] = before.ToJson(); // their close relatives are not elected
        }

        if (rule["mayFillReserved"] is JsonArray reserved)
        {
            rule["mayFillReserved"] = reserved.Select(InputReading.AsText).OfType<string>().Where(id => standing.Exists(candidate => candidate.Id == id)).ToJson();
        }

        return rule;
    }

    private IEnumerable<BallotOption> Candidates(ActivityContext context) =>
        from nominee in context.Evaluate(Nominees) ?? []
        let id = nominee.AsText()
        where id is not null
        select new BallotOption(id, (nominee as JsonObject)?["text"]?.ToString() ?? id);

    private static IEnumerable<string> Ids(JsonNode? list) => (list as JsonArray ?? []).Select(InputReading.AsText).OfType<string>();
}
