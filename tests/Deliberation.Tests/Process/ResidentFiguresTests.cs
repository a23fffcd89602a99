using Deliberation.Domain;
using Deliberation.Features.Evaluations;
using Deliberation.Features.Pledges;
using Xunit;

namespace Deliberation.Tests.Process;

/// <summary>Figures on residents' pages.</summary>
public sealed class ResidentFiguresTests
{
    [Theory]
    [InlineData(52, 60, 867)] // 86.66…
    [InlineData(1, 3, 333)]
    [InlineData(1, 2000, 1)] // half a tenth goes up
    [InlineData(1, 2001, 0)]
    [InlineData(60, 60, 1000)]
    [InlineData(0, 0, 0)]
    public void A_share_is_rounded_half_up(int satisfied, int answers, int tenths) => Assert.Equal(tenths, EvaluationScore.Tenths(satisfied, answers));

    [Theory]
    [InlineData(60, 80)]
    [InlineData(61, 80)]
    [InlineData(7, 66)]
    public void The_number_needed_satisfies_and_one_less_does_not(int answers, int percent)
    {
        var needed = EvaluationScore.Needed(answers, percent);
        Assert.Equal("Satisfied", OutcomeOf(needed));
        Assert.Equal("Unsatisfied", OutcomeOf(needed - 1));

        string OutcomeOf(int satisfied) =>
            EvaluationScore.Of([.. Enumerable.Range(0, answers).Select(i => new[] { i < satisfied ? 4 : 3 })], 1, percent).Outcome;
    }

    [Theory]
    [InlineData("Open", "Labour", 5, 5, true)]
    [InlineData("Closed", "Money", 500, 499, true)]
    [InlineData("Closed", "Money", 500, 500, false)]
    [InlineData("Closed", "Labour", 5, 0, false)]
    public void People_are_told_where_to_pay_while_pledges_run_or_money_is_due(string state, string kind, long pledged, long kept, bool asks)
    {
        PledgeBoardPage board = new(
            Guid.Empty, default, "", "", default, default, state, null, 0, [new NeedLine("n", kind, "", 500, pledged, kept, 1)], []);
        Assert.Equal(asks, board.AsksForMoney);
    }
}
