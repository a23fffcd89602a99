using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Process.Texts;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using Deliberation.Web.Parts;

namespace Deliberation.Web.Pages.Public;

/// <summary>The tests of a result in words and bars. All numbers come from the count; nothing is decided here.</summary>
public static class ResultWords
{
    public static string Amount(this ITexts texts, Measure measure, long amount) => measure switch
    {
        Measure.Persons => texts.People(amount),
        Measure.AreaHundredths => texts.Format.Area(amount),
        Measure.Fen => texts.Format.Money(amount),
        _ => texts.Get($"result.amount.{measure}", new { amount = TextFormat.Number(amount) }),
    };

    /// <summary>One test as a bar with its line and a sentence with all three numbers.</summary>
    public static MeterPart Meter(this ITexts texts, RuleTest test, BallotResultView result)
    {
        var isAgreeing = IsAgreeing(test);
        var line = (decimal)test.Base * test.Numerator / test.Denominator;
        var need = test.Comparison == Comparison.MoreThan && line == decimal.Truncate(line)
            ? texts.Get("result.need-more-than", new { amount = texts.Amount(test.Measure, (long)line) })
            : texts.Get("result.need", new { amount = texts.Amount(test.Measure, test.Needed) });
        var isLimit = test.Comparison == Comparison.AtMost;
        if (isLimit)
        {
            need = texts.Get("result.need-at-most", new { amount = texts.Amount(test.Measure, test.Needed) });
        }

        var sentence = texts.Get(isLimit ? "result.sentence.at-most" : isAgreeing ? "result.sentence.agreeing" : test.Measure == Measure.Papers ? "result.sentence.papers" : "result.sentence.taking-part", new
        {
            actual = texts.Amount(test.Measure, test.Actual),
            whole = texts.Amount(test.Measure, test.Base),
            need,
        });
        return new MeterPart(
            texts[$"result.test.{test.Code}"],
            test.Base,
            line,
            need,
            isAgreeing ? Slices(test, result) : [new MeterSlice(test.Actual, 1)],
            sentence,
            sentence,
            test.IsMet ? new StatusPart("ok", texts[isLimit ? "result.within" : "result.met"]) : new StatusPart("no", texts[isLimit ? "result.over" : "result.not-met"]));
    }

    /// <summary>Why the result is what it is: the tests that failed and by how much. Where too few took part, how they voted is not the reason.</summary>
    public static string Because(this ITexts texts, BallotResultView result, Explanation? explanation) =>
        explanation?.FirstFailed is { } first
            ? string.Concat(explanation.Tests
                .Where(t => t.Subject is null && !t.IsMet && IsAgreeing(t) == IsAgreeing(first))
                .Select(t => texts.Get("result.because-failed", new { test = texts[$"result.test.{t.Code}"], missing = texts.Amount(t.Measure, t.Missing) })))
            : result.Budget is { } money
                ? texts.Get("result.because-budget", new { count = result.Funded.Count, cost = texts.Format.Money(money.CostFen), budget = texts.Format.Money(money.BudgetFen) })
            : texts.Has($"result.because.{result.Outcome}") ? texts[$"result.because.{result.Outcome}"] : "";

    /// <summary>What an option of a budget costs and, when it got nothing, why.</summary>
    public static string Cost(this ITexts texts, BallotResultView result, string option)
    {
        var cost = result.Ballot.Options.FirstOrDefault(o => o.Id == option)?.CostFen is { } fen ? texts.Format.Money(fen) : "";
        return result.Budget?.Unfunded.FirstOrDefault(u => u.Id == option) is { } miss
            ? texts.Get($"result.unfunded.{miss.Reason}", new { cost, missing = texts.Format.Money(miss.MissingFen) })
            : cost;
    }

    /// <summary>The line of the first test of a kind, as people say it: two thirds.</summary>
    public static string Line(this ITexts texts, IReadOnlyList<RuleTest> tests) =>
        tests.Count == 0 ? "" : texts[tests[0].Comparison == Comparison.MoreThan ? "vote.more-than" : "vote.at-least"]
            + texts.Fraction($"{tests[0].Numerator}/{tests[0].Denominator}");

    private static bool IsAgreeing(RuleTest test) => test.Code.StartsWith("threshold", StringComparison.Ordinal);

    private static IReadOnlyList<MeterSlice> Slices(RuleTest test, BallotResultView result)
    {
        long Of(Choice choice) => result.Totals.FirstOrDefault(t => t.Choice == choice.ToString()) is { } total
            ? test.Measure == Measure.AreaHundredths ? total.AreaHundredths : result.Ballot.RollKind == "Owners" ? total.Persons : total.Units
            : 0;
        return [new MeterSlice(Of(Choice.For), 1), new MeterSlice(Of(Choice.Against), 2), new MeterSlice(Of(Choice.Abstain), 3)];
    }
}
