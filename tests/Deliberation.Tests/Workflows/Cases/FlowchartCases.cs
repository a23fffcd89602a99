using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>Flowcharts in counter mode: joins, ways that are not taken, ways back.</summary>
public sealed class FlowchartCases
{
    private static readonly string Count = Set("inc", "n", Js("getN() + 1"), "Int32");

    [Theory]
    [InlineData("WaitAll", "b c b c e")]
    [InlineData("WaitAllActive", "b c b c e")]
    [InlineData("WaitAny", "b c b c e")]
    public void A_join_inside_a_loop_counts_each_turn(string mode, string lines)
    {
        var played = Play(
            Flowchart("f", "s>d d:True>b d:True>c d:False>e b>j c>j j>inc inc>d", Of("s", "Start"), Decision("d", "getN() < 2"), Line("b"), Line("c"), Join("j", mode), Count, Line("e")),
            "n:Int32=0");
        played.Lines.ShouldBe(lines);
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("d:True>w d:True>b", WorkflowSubStatus.Finished, "")]
    [InlineData("d:True>b d:True>w", WorkflowSubStatus.Suspended, "Elsa.Event")] // the join is scheduled before the event waits: nothing cancels the last one
    public void A_join_of_any_cancels_what_waits_in_every_turn(string branches, WorkflowSubStatus ends, string bookmarks)
    {
        var played = Play(
            Flowchart("f", $"s>d {branches} d:False>e b>j w>j j>inc inc>d", Of("s", "Start"), Decision("d", "getN() < 2"), Event("w", "Go"), Line("b"), Join("j", "WaitAny"), Count, Line("e")),
            "n:Int32=0");
        played.Lines.ShouldBe("b b e");
        played.SubStatus.ShouldBe(ends);
        played.Bookmarks.ShouldBe(bookmarks);
    }

    [Fact]
    public void An_implicit_join_waits_for_the_longer_way() =>
        Play(Flowchart("f", "a>b a>c c>d b>e d>e", Line("a"), Line("b"), Line("c"), Line("d"), Line("e"))).Lines.ShouldBe("a b c d e");

    [Theory]
    [InlineData("WaitAll", "x")]
    [InlineData("WaitAllActive", "x after")]
    [InlineData("WaitAny", "x after")]
    public void A_way_that_is_not_taken_counts_as_a_mode_says(string mode, string lines)
    {
        var played = Play(Flowchart("f", "d:True>x d:False>y x>j y>j j>after", Decision("d", "true"), Line("x"), Line("y"), Join("j", mode), Line("after")));
        played.Lines.ShouldBe(lines);
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void Ways_that_are_not_taken_are_passed_on_through_decisions() => Play(Flowchart(
        "f",
        "d:True>a d:False>g g:True>b g:False>c a>j b>j c>j j>end",
        Decision("d", "true"),
        Line("a"),
        Decision("g", "true"),
        Line("b"),
        Line("c"),
        Join("j", "WaitAllActive"),
        Line("end"))).Lines.ShouldBe("a end");

    [Fact]
    public void Two_ports_of_one_decision_into_one_activity_run_it_once() => Play(Flowchart("f", "d:True>t d:False>t", Decision("d", "true"), Line("t"))).Lines.ShouldBe("t");

    [Fact]
    public void An_outcome_that_leads_nowhere_ends_the_flowchart() =>
        Play(Sequence("s", Flowchart("f", "d:True>t", Decision("d", "false"), Line("t")), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void What_lies_before_the_start_does_not_run()
    {
        var chart = Flowchart("f", "a>b b>c", Line("a"), Line("b"), Line("c"));
        Play(chart[..^1] + ",\"start\":\"b\"}").Lines.ShouldBe("b c");
    }

    [Fact]
    public void Without_a_start_the_first_activity_that_nothing_leads_to_is_it() => Play(Flowchart("f", "b>a", Line("a"), Line("b"), Line("c"))).Lines.ShouldBe("b a");

    [Fact]
    public void A_circle_starts_with_the_first_activity() =>
        Play(Flowchart("f", "a>d d:True>inc inc>a", Line("a"), Decision("d", "getN() < 1"), Count), "n:Int32=0").Lines.ShouldBe("a a");

    [Fact]
    public void A_way_back_into_one_of_two_branches_faults_what_led_to_it()
    {
        var played = Play(Flowchart("f", "s>a s>b a>e b>e e>a", Of("s", "Start"), Line("a"), Line("b"), Line("e")));
        played.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        played.Incident.ShouldBe("e");
        played.Lines.ShouldBe("a b e");
    }

    [Theory]
    [InlineData("MatchFirst", "a end")]
    [InlineData("MatchAny", "a b end")]
    public void A_FlowSwitch_follows_one_case_or_all_that_hold(string mode, string lines) => Play(Flowchart("f", "w:A>a w:B>b w:C>c w:Default>o a>j b>j c>j o>j j>end", Of("w", "FlowSwitch", $"\"mode\":{Literal($"\"{mode}\"")}", """
        "cases":[{"label":"A","condition":{"type":"JavaScript","value":"1 < 2"}},{"label":"B","condition":{"type":"Literal","value":"true"}},{"label":"C","condition":{"type":"Literal","value":false}}]
        """), Line("a"), Line("b"), Line("c"), Line("o"), Join("j", "WaitAllActive"), Line("end"))).Lines.ShouldBe(lines);

    [Fact]
    public void A_case_that_cannot_be_evaluated_faults_though_an_earlier_one_holds() => Play(Of("w", "FlowSwitch", """
        "cases":[{"label":"A","condition":{"type":"Literal","value":true}},{"label":"B","condition":{"type":"JavaScript","value":"getNothing()"}}]
        """)).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);

    [Fact]
    public void A_FlowFork_follows_the_branches_it_names() => Play(Flowchart(
        "f",
        "k:A>a k:B>b k:C>c",
        Of("k", "FlowFork", $"\"branches\":{Object("[\"A\",\"C\"]")}"),
        Line("a"),
        Line("b"),
        Line("c"))).Lines.ShouldBe("a c");

    [Fact]
    public void An_End_ends_the_inner_flowchart_only() =>
        Play(Flowchart("o", "i>z", Flowchart("i", "a>x x>b", Line("a"), Of("x", "End"), Line("b")), Line("z"))).Lines.ShouldBe("a z");

    [Fact]
    public void An_empty_flowchart_is_done() => Play(Sequence("s", Flowchart("f", ""), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void The_result_of_an_If_is_there_for_the_next() => Play(
        Flowchart("f", "i>w", Of("i", "If", "\"name\":\"Check\"", $"\"condition\":{Js("1 < 2")}", "\"result\":{\"typeName\":\"Boolean\",\"memoryReference\":{\"id\":\"r\"}}"), Say("w", "getR() + ' ' + getResultFromCheck()")),
        "r:Boolean").Lines.ShouldBe("true true");
}
