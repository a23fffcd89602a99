using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Cli.Counting;

/// <summary>Budgets and grants. Examples are in yuan, the rules count fen.</summary>
internal static class BudgetExamples
{
    public static ExampleOutcome Decide(BudgetRule rule, JsonObject input)
    {
        var budget = input.ToBallotFile().Budget ?? throw new ExampleException("there is no budget");
        var decision = ParticipatoryBudget.Decide(budget.BudgetFen, budget.Projects, budget.Papers, new()
        {
            Rule = rule,
            Utility = Enum.Parse<BudgetUtility>(input["utility"]?.ToString() ?? nameof(BudgetUtility.Cost)),
            Completion = Enum.Parse<BudgetCompletion>(input["completion"]?.ToString() ?? nameof(BudgetCompletion.None)),
        });
        var outcome = new JsonObject
        {
            ["approvals"] = Json.Map(decision.Votes, v => JsonValue.Create(v)),
            ["winners"] = Json.List(decision.Funded.Select(f => f.Id)),
            ["cost"] = Json.Units(decision.CostFen),
        };
        if (decision.FinalShareFen is { } share)
        {
            outcome["finalShare"] = (share / 100).ToString();
            outcome["leftover"] = Json.List(decision.LeftoverFen.Select(f => (f / 100).ToString()));
        }

        return new(outcome, decision.Explanation);
    }

    public static ExampleOutcome Grant(JsonObject input)
    {
        var decision = MatchingGrant.Decide(new(
            input.Fen("auditedCost"), input.Fen("cash"), input.Fen("goods"), input.Long("labourDays"), input.Fen("dayRate"),
            input.Share("labourCap", "1"), input.Share("matchRate", "1/1"), input.Fen("cap", long.MaxValue / 200),
            input.Share("minSelfShare", "0"), input.Fen("otherFunds")));
        var outcome = new JsonObject { ["eligible"] = decision.IsEligible, ["selfContribution"] = Json.Units(decision.OwnShareFen) };
        if (decision.IsEligible)
        {
            outcome["grant"] = Json.Units(decision.GrantFen);
            outcome["gap"] = Json.Units(decision.GapFen);
        }

        return new(outcome, decision.Explanation);
    }
}
