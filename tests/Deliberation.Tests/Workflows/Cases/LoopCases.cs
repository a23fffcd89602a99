using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>For, ForEach, ParallelForEach and While, as Elsa's sources have them.</summary>
public sealed class LoopCases
{
    private static readonly string Item = Say("v", "getVariable('CurrentValue')");

    [Theory]
    [InlineData("1", "3", "", "1 2 3")]
    [InlineData("1", "3", "\"outerBoundInclusive\":false", "1 2")]
    [InlineData("3", "1", "\"step\":-1", "3 2 1")]
    [InlineData("3", "1", "\"step\":-1,\"outerBoundInclusive\":false", "3 2")]
    [InlineData("3", "1", "", "")]
    [InlineData("1", "10", "\"step\":4", "1 5 9")]
    [InlineData("\"1\"", "\"2\"", "", "1 2")]
    [InlineData("0", "2.5", "", "0 1 2")]
    [InlineData("0", "1.5", "", "0 1 2")]
    [InlineData("3", "1", "\"step\":0", "")]
    public void A_For_counts(string start, string end, string more, string lines)
    {
        var played = Play(Sequence("s", For("f", start, Literal(end), Item, more.Length == 0 ? [] : [more]), Line("end")));
        played.Lines.ShouldBe((lines + " end").Trim());
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void A_For_that_would_never_end_faults_after_its_first_turn() => Play(For("f", "1", "3", Item, "\"step\":0")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);

    [Fact]
    public void The_end_of_a_For_is_evaluated_once() =>
        Play(For("f", "1", Js("getN()"), Sequence("b", Item, Set("s", "n", "9", "Int32"))), "n:Int32=2").Lines.ShouldBe("1 2");

    [Fact]
    public void A_For_without_a_body_is_done() => Play(Sequence("s", Of("f", "For", "\"end\":3"), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void A_For_gives_its_value_to_a_variable()
    {
        var played = Play(For("f", "1", "3", Say("v", "getAt()"), "\"currentValue\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"at\"}}"), "at:Int32");
        played.Lines.ShouldBe("1 2 3");
        played.Value("at").ShouldBe("3");
    }

    [Fact]
    public void A_ForEach_gives_its_value_to_a_variable() =>
        Play(ForEach("f", Js("['x','y']"), Say("v", "getAt()"), "\"currentValue\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"at\"}}"), "at:Object").Lines.ShouldBe("x y");

    [Theory]
    [InlineData("JavaScript", "['a','b']", "a b")]
    [InlineData("Object", "[1,2]", "1 2")]
    [InlineData("Literal", "[1,2]", "1 2")]
    [InlineData("Literal", "abc", "a b c")]
    [InlineData("JavaScript", "[]", "")]
    [InlineData("JavaScript", "'xy'", "x y")]
    public void A_ForEach_goes_over_lists_and_the_characters_of_a_text(string type, string value, string lines)
    {
        var items = $$$"""{"typeName":"Object","expression":{"type":"{{{type}}}","value":{{{System.Text.Json.JsonSerializer.Serialize(value)}}}}}""";
        Play(Sequence("s", ForEach("f", items, Item), Line("end"))).Lines.ShouldBe((lines + " end").Trim());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("({a:1})")]
    [InlineData("'{\"a\":1}'")]
    public void A_ForEach_over_what_is_no_list_faults(string script) => Play(ForEach("f", Js(script), Item)).Incident.ShouldBe("f");

    [Fact]
    public void A_ForEach_without_items_is_done() => Play(Sequence("s", Of("f", "ForEach", $"\"body\":{Item}"), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void The_inner_loop_hides_the_value_of_the_outer_one() =>
        Play(ForEach("o", Js("[1,2]"), Sequence("s", ForEach("i", Js("['a','b']"), Item), Say("w", "getCurrentValue() + ':' + getCurrentIndex()")))).Lines.ShouldBe("a b 1:0 a b 2:1");

    [Fact]
    public void A_ParallelForEach_takes_turns() =>
        Play(Sequence("s", Of("p", "ParallelForEach", $"\"items\":{Js("[1,2]")}", $"\"body\":{Sequence("b", Say("x", "'x' + getCurrentValue()"), Say("y", "'y' + getCurrentIndex()"))}"), Line("end"))).Lines.ShouldBe("x1 x2 y0 y1 end");

    [Theory]
    [InlineData("null")]
    [InlineData("'[1,2]'")]
    public void A_ParallelForEach_over_what_is_no_list_has_no_items(string script) =>
        Play(Sequence("s", Of("p", "ParallelForEach", $"\"items\":{Js(script)}", $"\"body\":{Item}"), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void A_While_asks_before_each_turn() =>
        Play(Sequence("s", While("w", "getN() < 2", Sequence("b", Say("v", "getN()"), Set("i", "n", Js("getN() + 1"), "Int32"))), Line("end")), "n:Int32=0").Lines.ShouldBe("0 1 end");

    [Fact]
    public void A_condition_that_fails_later_faults_the_body_that_had_completed()
    {
        var played = Play(While("w", "getN() == 0 ? true : getN().a.b", Sequence("b", Set("i", "n", "1", "Int32"))), "n:Int32=0");
        played.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        played.Journal.ShouldBe("Started:w Started:b Started:i Completed:i Completed:b Faulted:i");
    }
}
