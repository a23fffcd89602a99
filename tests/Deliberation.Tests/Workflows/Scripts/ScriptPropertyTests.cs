using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Workflows.Scripts;

/// <summary>What holds for every text that somebody writes where a script is expected.</summary>
public sealed class ScriptPropertyTests
{
    /// <summary>All that one parse or one evaluation allocates, what is thrown away on the way counted in. What is alive at one time is a part of it.</summary>
    private const long MostBytes = 64L << 20;

    private static readonly BigScope Scope = new();

    [Fact]
    public void Any_text_in_unicode_ends_within_its_bounds() => Holds(ScriptTexts.Unicode, 2_000);

    [Fact]
    public void Any_row_of_tokens_ends_within_its_bounds() => Holds(ScriptTexts.Soup, 3_000);

    [Fact]
    public void Any_script_with_slips_of_the_pen_ends_within_its_bounds() => Holds(ScriptTexts.Mutants, 3_000);

    [Fact]
    public void Any_nest_of_brackets_ends_within_its_bounds() => Holds(ScriptTexts.Nests, 500);

    [Fact]
    public void Whatever_costs_much_many_times_ends_within_its_bounds() => Holds(ScriptTexts.Costly, 40);

    [Fact]
    public void A_script_answers_the_same_again_and_changes_nothing()
    {
        var before = Scope.Whole;
        Prop.ForAll(Gen.OneOf(ScriptTexts.Soup, ScriptTexts.Mutants, ScriptTexts.Mutants).ToArbitrary(), text => Answer(text) == Answer(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
        Assert.Equal(before, Scope.Whole);
    }

    private static void Holds(Gen<string> texts, int count) =>
        Prop.ForAll(texts.ToArbitrary(), EndsWithinItsBounds).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    private static bool EndsWithinItsBounds(string text)
    {
        var script = Within(text, () => Script.Parse(text));
        if (script is null)
        {
            return true;
        }

        var evaluation = script.Evaluation(Scope);
        var reads = Scope.Reads;
        var answer = Within(text, () => script.Evaluate(evaluation)?.ToJsonString() ?? "null");
        Assert.InRange(Scope.Reads - reads, 0, Script.MaxSteps);
        if (answer is not null)
        {
            Assert.InRange(evaluation.Steps, 1, Script.MaxSteps);
            Assert.InRange(answer.Length, 1, 6 * Script.MaxText + 100); // as JSON; a character may need six
            JsonNode.Parse(answer, documentOptions: Json.DocumentOptions);
        }

        return true;
    }

    /// <returns>Null when it is refused, at a place that is there.</returns>
    private static T? Within<T>(string text, Func<T> act)
        where T : class
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return act();
        }
        catch (ExpressionException problem)
        {
            var lines = text.Split('\n');
            Assert.InRange(problem.Line, 1, lines.Length);
            Assert.InRange(problem.Column, 1, lines[problem.Line - 1].Length + 1);
            Assert.InRange(problem.Message.Length, 1, 1_000);
            return null;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }

    private static string Answer(string text)
    {
        try
        {
            return Script.Parse(text).Evaluate(Scope)?.ToJsonString() ?? "null";
        }
        catch (ExpressionException problem)
        {
            return $"{problem.Line}:{problem.Column} {problem.Message}";
        }
    }
}
