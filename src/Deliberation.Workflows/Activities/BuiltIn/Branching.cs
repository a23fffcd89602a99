using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Follows True or False.</summary>
[Activity("Elsa.FlowDecision", Category = "Branching", Outcomes = ["True", "False"])]
internal sealed record FlowDecision(Input<bool> Condition) : IActivity
{
    private static readonly ActivityResult True = ActivityResult.Complete("True");
    private static readonly ActivityResult False = ActivityResult.Complete("False");

    public ActivityResult Execute(ActivityContext context) => context.Evaluate(Condition) ? True : False;
}

internal enum SwitchMode
{
    MatchFirst,
    MatchAny,
}

/// <summary>One case of a switch.</summary>
internal sealed record SwitchCase(string Label, Input<bool> Condition)
{
    public static IReadOnlyList<SwitchCase> Read(JsonNode? cases, BindingProblems problems)
    {
        var result = new List<SwitchCase>();
        foreach (var item in (cases as JsonArray ?? []).OfType<JsonObject>())
        {
            problems.Property = $"cases[{result.Count}].condition";
            result.Add(new SwitchCase((string?)item["label"] ?? "", ActivityBinder.BindInput<bool>(item["condition"], problems)));
        }

        return result;
    }

    /// <summary>Indices of the cases that hold.</summary>
    public static IReadOnlyList<int> Matches(IReadOnlyList<SwitchCase> cases, SwitchMode mode, Func<Input<bool>, bool> evaluate)
    {
        var matches = new List<int>();
        for (var index = 0; index < cases.Count && (mode == SwitchMode.MatchAny || matches.Count == 0); index++)
        {
            if (evaluate(cases[index].Condition))
            {
                matches.Add(index);
            }
        }

        return matches;
    }
}

/// <summary>Follows the label of the first case that holds, or of each one; Default when none does.</summary>
/// <param name="Cases"><c>[{"label","condition":{"type","value"}}]</c>.</param>
[Activity("Elsa.FlowSwitch", Category = "Branching", Outcomes = ["Default"])]
internal sealed record FlowSwitch(Input<SwitchMode> Mode, JsonNode? Cases) : IActivity, IChecked
{
    private readonly BindingProblems problems = new();
    private IReadOnlyList<SwitchCase>? cases;

    public BindingProblems Problems
    {
        get
        {
            cases ??= SwitchCase.Read(Cases, problems);
            return problems;
        }
    }

    public ActivityResult Execute(ActivityContext context)
    {
        cases ??= SwitchCase.Read(Cases, problems);
        var matches = SwitchCase.Matches(cases, context.Evaluate(Mode), context.Evaluate);
        return ActivityResult.Complete(matches.Count == 0 ? ["Default"] : [.. matches.Select(index => cases[index].Label)]);
    }
}

/// <summary>Follows every branch it names; Done when it names none.</summary>
[Activity("Elsa.FlowFork", Category = "Branching")]
internal sealed record FlowFork(Input<string[]> Branches) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Complete(context.Evaluate(Branches) ?? []);
}

internal enum FlowJoinMode
{
    WaitAny,
    WaitAll,
    WaitAllActive,
}

/// <summary>Where branches meet. The flowchart reads the mode; the activity does nothing.</summary>
[Activity("Elsa.FlowJoin", Category = "Branching")]
internal sealed record FlowJoin(Input<FlowJoinMode> Mode) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done;
}

/// <summary>An activity that finds problems of its own in what the definition gives it.</summary>
internal interface IChecked
{
    BindingProblems Problems { get; }
}
