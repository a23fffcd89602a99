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
    /// <param name="ballot">Whose roll counts persons or households.</param>
    public static string Amount(this ITexts texts, BallotView ballot, Measure measure, long amount) => measure switch
    {
        Measure.Persons => texts.Voters(ballot, amount),
        Measure.AreaHundredths => texts.Format.Area(amount),
        Measure.Fen => texts.Format.Money(amount),
        _ => texts.Get($"result.amount.{measure}", new { amount = TextFormat.Number(amount) }),
    };

    /// <summary>How a closed ballot ended, in a word or two.</summary>
    public static string Outcome(this ITexts texts, BallotLine ballot) =>
        texts[ballot is { IsBudget: true, Outcome: "Passed" } ? "result.outcome-chosen" : $"result.outcome.{ballot.Outcome}"];

    /// <summary>The same on the result's own page; a budget says how many it chose of how many.</summary>
    public static string Outcome(this ITexts texts, BallotResultView result) =>
        result is { Outcome: "Passed", Budget: not null }
            ? texts.Get("result.outcome-budget", new { count = result.Funded.Count, total = result.Ballot.Options.Count })
            : texts[result is { Outcome: "Passed", Elected.Count: > 0 } ? "result.outcome-chosen" : $"result.outcome.{result.Outcome}"];

    /// <summary>A candidate's votes on the scale of the papers that the rule counts, with the line that elects; null where no line was asked for.</summary>
    public static MeterPart? Candidate(this ITexts texts, RuleTest? test, string name, BallotResultView result)
    {
        if (test is not { Numerator: > 0, Base: > 0, Subject: { } id })
        {
            return null;
        }

        var need = texts.Need(test, result);
        var sentence = texts.Get("result.sentence.candidate", new
        {
            actual = texts.Amount(result.Ballot, Measure.Votes, test.Actual),
            whole = texts.Amount(result.Ballot, Measure.Papers, test.Base),
            need,
        });
        return new MeterPart(
            name, test.Base, Line(test), need, [new MeterSlice(test.Actual, 1)], sentence, $"{name}: {sentence}",
            result.Elected.Contains(id) ? new StatusPart("ok", texts["result.elected"])
            : result.Runoff.Contains(id) ? new StatusPart("do", texts["result.runoff"])
            : null);
    }

    /// <summary>One test as a bar with its line and a sentence with all three numbers.</summary>
    public static MeterPart Meter(this ITexts texts, RuleTest test, BallotResultView result)
    {
        var isAgreeing = IsAgreeing(test);
        var isLimit = test.Comparison == Comparison.AtMost;
        var need = texts.Need(test, result);
        var slices = isAgreeing ? Slices(test, result) : [new MeterSlice(test.Actual, 1)];
        var hasAnswers = isAgreeing && result.Totals.Any(total => total.Choice == nameof(Choice.For));
        string Answer(int slice) => texts.Amount(result.Ballot, test.Measure, slices[slice].Value);
        var sentence = hasAnswers ? texts.Get("result.sentence.answers", new
        {
            @for = Answer(0),
            against = Answer(1),
            abstain = Answer(2),
            whole = texts.Amount(result.Ballot, test.Measure, test.Base),
            need,
        })
        : texts.Get(isLimit ? "result.sentence.at-most" : isAgreeing ? "result.sentence.agreeing" : test.Measure == Measure.Papers ? "result.sentence.papers" : "result.sentence.taking-part", new
        {
            actual = texts.Amount(result.Ballot, test.Measure, test.Actual),
            whole = texts.Amount(result.Ballot, test.Measure, test.Base),
            need,
        });
        return new MeterPart(
            texts[$"result.test.{test.Code}"],
            test.Base,
            Line(test),
            need,
            slices,
            sentence,
            sentence,
            test.IsMet ? new StatusPart("ok", texts[isLimit ? "result.within" : "result.met"]) : new StatusPart("no", texts[isLimit ? "result.over" : "result.not-met"]));
    }

    /// <summary>Why the result is what it is: the tests that failed and by how much. Where too few took part, how they voted is not the reason.</summary>
    public static string Because(this ITexts texts, BallotResultView result, Explanation? explanation) =>
        explanation?.FirstFailed is { } first
            ? string.Concat(explanation.Tests
                .Where(t => t.Subject is null && !t.IsMet && IsAgreeing(t) == IsAgreeing(first))
                .Select(t => texts.Get("result.because-failed", new { test = texts[$"result.test.{t.Code}"], missing = texts.Amount(result.Ballot, t.Measure, t.Missing) })))
            : result.Budget is { } money
                ? texts.Get("result.because-budget", new { cost = texts.Format.Money(money.CostFen), budget = texts.Format.Money(money.BudgetFen) })
            : texts.BecauseChosen(result) is { } chosen ? chosen
            : texts.Has($"result.because.{result.Outcome}") ? texts[$"result.because.{result.Outcome}"] : "";

    /// <summary>What an option of a budget costs and, when it got nothing, why.</summary>
    public static string Cost(this ITexts texts, BallotResultView result, string option)
    {
        var cost = result.Ballot.Options.FirstOrDefault(o => o.Id == option)?.CostFen is { } fen ? texts.Format.Money(fen) : "";
        return result.Budget?.Unfunded.FirstOrDefault(u => u.Id == option) is { } miss
            ? texts.Get($"result.unfunded.{miss.Reason}", new { cost, missing = texts.Format.Money(miss.MissingFen) })
            : cost;
    }

    /// <summary>Why money remains although an option got nothing; null when nothing remains or the rule does not give everybody a share.</summary>
    public static string? BudgetRest(this ITexts texts, BallotResultView result) =>
        result.Budget is { } money && money.BudgetFen > money.CostFen && money.Unfunded.Any(miss => miss.Reason == BudgetLoss.SupportersSpent)
            ? texts.Get("result.budget-rest", new { rest = texts.Format.Money(money.BudgetFen - money.CostFen) })
            : null;

    /// <summary>How many of the roll took part, where no test says it.</summary>
    public static string Turnout(this ITexts texts, BallotResultView result) => texts.Get("result.turnout", new
    {
        whole = texts.Voters(result.Ballot, result.Turnout.RollUnits),
        part = texts.Voters(result.Ballot, result.Turnout.ReturnedUnits),
    });

    /// <summary>The line of the first test of a kind, as people say it: two thirds.</summary>
    public static string Line(this ITexts texts, IReadOnlyList<RuleTest> tests) =>
        tests.Count == 0 ? "" : texts[tests[0].Comparison == Comparison.MoreThan ? "vote.more-than" : "vote.at-least"]
            + texts.Fraction($"{tests[0].Numerator}/{tests[0].Denominator}");

    /// <summary>The line of a test in words: at most, at least, or more than a number that is not enough itself.</summary>
    private static string Need(this ITexts texts, RuleTest test, BallotResultView result) => test.Comparison switch
    {
        Comparison.AtMost => texts.Get("result.need-at-most", new { amount = texts.Amount(result.Ballot, test.Measure, test.Needed) }),
        Comparison.MoreThan when Line(test) == decimal.Truncate(Line(test)) =>
            texts.Get("result.need-more-than", new { amount = texts.Amount(result.Ballot, test.Measure, (long)Line(test)) }),
        _ => texts.Get("result.need", new { amount = texts.Amount(result.Ballot, test.Measure, test.Needed) }),
    };

    private static decimal Line(RuleTest test) => (decimal)test.Base * test.Numerator / test.Denominator;

    private static bool IsAgreeing(RuleTest test) => test.Code.StartsWith("threshold", StringComparison.Ordinal);

    private static IReadOnlyList<MeterSlice> Slices(RuleTest test, BallotResultView result)
    {
        long Of(Choice choice) => Joined(choice) + (result.Totals.FirstOrDefault(t => t.Choice == choice.ToString()) is { } total
            ? test.Measure == Measure.AreaHundredths ? total.AreaHundredths : result.Ballot.RollKind == "Owners" ? total.Persons : total.Units
            : 0);

        // Totals are of returned papers; the test is of those that joined too.
        long Joined(Choice choice) => result.Count?.Followed is { } followed && followed.Choice == choice.ToString()
            ? test.Measure == Measure.AreaHundredths ? followed.JoinedAreaHundredths : followed.JoinedPersons
            : 0;

        return [new MeterSlice(Of(Choice.For), 1), new MeterSlice(Of(Choice.Against), 2), new MeterSlice(Of(Choice.Abstain), 3)];
    }
}
