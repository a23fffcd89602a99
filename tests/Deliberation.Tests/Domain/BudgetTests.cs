using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>Budgets and grants, at their edges.</summary>
public sealed class BudgetTests
{
    [Fact]
    public void A_project_that_costs_exactly_the_rest_is_funded() =>
        Assert.Equal(["a", "b"], Greedy(100, [new("a", 60), new("b", 40)], "ab", "a").Funded.Select(f => f.Id));

    [Fact]
    public void One_fen_too_much_is_skipped_and_says_what_is_lacking()
    {
        var decision = Greedy(100, [new("a", 60), new("b", 41), new("c", 10)], "abc", "ab", "a");
        Assert.Equal(["a", "c"], decision.Funded.Select(f => f.Id));
        Assert.Equal((BudgetLoss.DoesNotFit, 1), (decision.Unfunded[0].Reason, decision.Unfunded[0].MissingFen));
    }

    [Fact]
    public void Projects_without_votes_are_never_funded()
    {
        Assert.Empty(Greedy(100, [new("a", 1)], "").Funded);
        Assert.Empty(ParticipatoryBudget.Decide(100, [new("a", 1)], [BudgetPaper.Approve()], new() { Completion = BudgetCompletion.Add1 }).Funded);
    }

    [Fact]
    public void Equal_votes_go_to_the_cheaper_then_to_the_id() =>
        Assert.Equal(["c", "a", "b"], Greedy(100, [new("b", 20), new("a", 20), new("c", 10)], "abc").Funded.Select(f => f.Id));

    [Fact]
    public void A_floor_of_votes_keeps_small_projects_out() =>
        Assert.Equal(BudgetLoss.TooFewVotes, ParticipatoryBudget.Decide(
            100, [new("a", 10)], [BudgetPaper.Approve("a")], new() { Rule = BudgetRule.Greedy, MinVotes = 2 }).Unfunded[0].Reason);

    [Fact]
    public void Nobody_voting_funds_nothing() =>
        Assert.Empty(ParticipatoryBudget.Decide(100, [new("a", 10)], []).Funded);

    [Fact]
    public void A_minority_gets_its_share_and_everyone_sees_who_paid()
    {
        // Six for the park, four for the ramp: 100 each; the ramp's supporters can pay 400, the park's 600.
        List<BudgetPaper> papers = [.. Enumerable.Repeat(BudgetPaper.Approve("park", "pool"), 6), .. Enumerable.Repeat(BudgetPaper.Approve("ramp"), 4)];
        var decision = ParticipatoryBudget.Decide(1000, [new("park", 500), new("pool", 500), new("ramp", 400)], papers);
        Assert.Equal(["park", "ramp"], decision.Funded.Select(f => f.Id).Order());
        var ramp = decision.Funded.Single(f => f.Id == "ramp");
        Assert.Equal([new BudgetPayment(4, 100, true)], ramp.Payers);
        var pool = Assert.Single(decision.Unfunded);
        Assert.Equal((BudgetLoss.SupportersSpent, 400), (pool.Reason, pool.MissingFen));
    }

    [Fact]
    public void Supporters_pay_alike_and_the_poor_give_all_they_have()
    {
        // v1 spends on x first; then y costs 150 of 100 + 60: the poor gives 60, the rich 90.
        List<BudgetPaper> papers = [BudgetPaper.Approve("x", "y"), BudgetPaper.Approve("y")];
        var decision = ParticipatoryBudget.Decide(200, [new("x", 40), new("y", 150)], papers, new() { Utility = BudgetUtility.Count });
        Assert.Equal(["x", "y"], decision.Funded.Select(f => f.Id));
        Assert.Equal([new(1, 90, false), new(1, 60, true)], decision.Funded[1].Payers);
        Assert.Equal([0, 10], decision.LeftoverFen.Select(f => (int)f.Numerator));
    }

    [Fact]
    public void A_cost_of_nothing_is_refused() =>
        Assert.Throws<ArgumentException>(() => Greedy(100, [new("a", 0)], "a"));

    [Theory]
    [InlineData(5_399_999, false)]
    [InlineData(5_400_000, true)] // three tenths of 180,000 yuan exactly
    public void The_own_share_is_reached_at_the_figure_itself(long cashFen, bool isEligible) =>
        Assert.Equal(isEligible, MatchingGrant.Decide(Terms(cashFen)).IsEligible);

    [Fact]
    public void Labour_counts_up_to_its_share_of_the_cash()
    {
        var decision = MatchingGrant.Decide(Terms(3_000_000) with { LabourDays = 120, DayRateFen = 15_000 });
        Assert.Equal((1_500_000, 4_500_000), (decision.LabourFen, decision.OwnShareFen));
    }

    [Fact]
    public void A_grant_is_never_more_than_what_is_missing_nor_below_nothing()
    {
        Assert.Equal(0, MatchingGrant.Decide(Terms(20_000_000)).GrantFen);
        var decision = MatchingGrant.Decide(Terms(10_000_000) with { OtherFundsFen = 7_500_000 });
        Assert.Equal((500_000, 0), (decision.GrantFen, decision.GapFen));
    }

    private static GrantTerms Terms(long cashFen) =>
        new(18_000_000, cashFen, 0, 0, 0, new(1, 2), 1, 10_000_000, new(3, 10));

    /// <summary>Papers as words: each letter approves the project of that name.</summary>
    private static BudgetDecision Greedy(long budgetFen, IReadOnlyList<BudgetProject> projects, params string[] papers) =>
        ParticipatoryBudget.Decide(budgetFen, projects,
            [.. papers.Select(p => BudgetPaper.Approve(p.Select(c => c.ToString())))], new() { Rule = BudgetRule.Greedy });
}
