using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>Follows True or False.</summary>
[Activity("Elsa.FlowDecision", DisplayName = "Decision", Description = "Goes on by True or False.", Category = "Branching", Outcomes = ["True", "False"])]
internal sealed record FlowDecision([Input(UiHint = UiHints.SingleLine, Description = "The condition to evaluate.")] Input<bool> Condition) : IActivity
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
            result.Add(new SwitchCase(ActivityBinder.Property(item, "label")?.ToString() ?? "", ActivityBinder.BindElsaInput<bool>(ActivityBinder.Property(item, "condition"), problems)));
        }

        return result;
    }

    /// <summary>Indices of the cases that hold. As in Elsa every condition is evaluated, also behind the first that holds.</summary>
    public static IReadOnlyList<int> Matches(IReadOnlyList<SwitchCase> cases, SwitchMode mode, Func<Input<bool>, bool> evaluate)
    {
        var matches = new List<int>();
        for (var index = 0; index < cases.Count; index++)
        {
            if (evaluate(cases[index].Condition) && (mode == SwitchMode.MatchAny || matches.Count == 0))
            {
                matches.Add(index);
            }
        }

        return matches;
    }
}

/// <summary>Follows the label of the first case that holds, or of each one; Default when none does.</summary>
/// <param name="Cases"><c>[{"label","condition":{"type","value"}}]</c>.</param>
[Activity("Elsa.FlowSwitch", DisplayName = "Switch (flow)", Description = "Goes on by the case that holds.", Category = "Branching", Outcomes = ["Default"])]
internal sealed record FlowSwitch([Input(Default = SwitchMode.MatchFirst)] Input<SwitchMode> Mode, [Input(UiHint = UiHints.FlowSwitchEditor)] JsonNode? Cases) : IActivity, IChecked
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
[Activity("Elsa.FlowFork", DisplayName = "Fork (flow)", Description = "Goes on by several branches at once.", Category = "Branching")]
internal sealed record FlowFork([Input(UiHint = UiHints.DynamicOutcomes, Description = "The outcomes to follow.")] Input<string[]> Branches) : IActivity
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
[Activity("Elsa.FlowJoin", DisplayName = "Join", Description = "Brings branches together.", Category = "Branching")]
internal sealed record FlowJoin([Input(Default = FlowJoinMode.WaitAny, Description = "Whether one way in is enough, all are wanted, or all that were taken.")] Input<FlowJoinMode> Mode) : IActivity
{
    public ActivityResult Execute(ActivityContext context) => ActivityResult.Done;
}

/// <summary>An activity that finds problems of its own in what the definition gives it.</summary>
internal interface IChecked
{
    BindingProblems Problems { get; }
}
