using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>Break, End, Complete and Finish inside of everything that has children.</summary>
public sealed class EndingCases
{
    private static readonly string Break = Of("br", "Break");

    private static readonly string End = Of("en", "End");

    private static readonly string Complete = Of("co", "Complete");

    private static string Loop(string body) => Sequence("s", ForEach("f", Js("[1,2]"), body), Line("end"));

    [Fact]
    public void A_Break_ends_the_sequence_and_the_loop() => Play(Loop(Sequence("b", Line("a"), Break, Line("c")))).Lines.ShouldBe("a end");

    [Fact]
    public void A_Break_inside_an_If_does_the_same()
    {
        var played = Play(Loop(Sequence("b", If("i", "getCurrentValue() == 2", Break), Say("c", "getCurrentValue()"))));
        played.Lines.ShouldBe("1 end");
        played.Journal.ShouldEndWith("Started:b Started:i Started:br Completed:br Completed:i Completed:b Completed:f Started:end Completed:end Completed:s");
    }

    [Fact]
    public void A_Break_leaves_only_the_nearest_loop() => Play(Loop(Sequence("b", ForEach("g", Js("[1,2]"), Sequence("c", Break, Line("x"))), Line("y")))).Lines.ShouldBe("y y end");

    [Fact]
    public void A_Parallel_waits_for_its_other_children_before_a_Break_counts() => Play(Loop(Sequence("b", Parallel("p", Break, Line("x")), Line("y")))).Lines.ShouldBe("x end");

    [Fact]
    public void A_Parallel_that_waits_holds_the_Break_back()
    {
        var root = Loop(Sequence("b", Parallel("p", Break, Event("e", "Go")), Line("y")));
        Play(root).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        Play(root, events: ["Go"]).Lines.ShouldBe("end");
    }

    [Fact]
    public void A_Fork_ends_with_a_Break() => Play(Loop(Sequence("b", Fork("k", "\"WaitAll\"", Break, Event("e", "Go")), Line("y")))).Lines.ShouldBe("end");

    [Fact]
    public void A_ParallelForEach_passes_the_Break_on() => Play(Loop(Sequence(
        "b",
        Of("p", "ParallelForEach", $"\"items\":{Js("['x','y']")}", $"\"body\":{Sequence("c", If("i", "getCurrentValue() == 'x'", Break), Say("v", "getCurrentValue()"))}"),
        Line("z")))).Lines.ShouldBe("y end");

    [Fact]
    public void A_Break_without_a_loop_ends_the_sequences_around_it() => Play(Sequence("s", Line("a"), Sequence("t", Break, Line("b")), Line("c"))).Lines.ShouldBe("a");

    [Fact]
    public void A_Break_ends_a_flowchart_and_the_loop() => Play(Loop(Flowchart("c", "a>br br>b", Line("a"), Break, Line("b")))).Lines.ShouldBe("a end");

    [Fact]
    public void A_Break_as_the_body_ends_the_loop() => Play(Sequence("s", While("w", "true", Break), Line("end"))).Lines.ShouldBe("end");

    [Fact]
    public void A_Break_ends_a_For() => Play(Sequence("s", For("f", "1", "5", Sequence("b", Say("v", "getCurrentValue()"), If("i", "getCurrentValue() == 2", Break))), Line("end"))).Lines.ShouldBe("1 2 end");

    [Fact]
    public void A_Switch_waits_for_its_other_cases_before_a_Break_counts() => Play(Loop(Sequence(
        "b",
        Of("w", "Switch", $"\"mode\":{Literal("\"MatchAny\"")}", $$"""
            "cases":[{"label":"A","condition":{"type":"Literal","value":true},"activity":{{Break}}},{"label":"B","condition":{"type":"JavaScript","value":"1 < 2"},"activity":{{Line("x")}}}]
            """),
        Line("y")))).Lines.ShouldBe("x end");

    [Fact]
    public void An_End_ends_its_sequence_only() => Play(Sequence("s", Sequence("t", Line("a"), End, Line("b")), Line("c"))).Lines.ShouldBe("a c");

    [Fact]
    public void An_End_as_the_body_does_not_end_the_loop() => Play(Sequence("s", ForEach("f", Js("[1,2]"), End), Line("end"))).Journal.ShouldBe(
        "Started:s Started:f Started:en Completed:en Started:en Completed:en Completed:f Started:end Completed:end Completed:s");

    [Fact]
    public void An_End_in_a_Parallel_is_a_child_like_others() => Play(Sequence("s", Parallel("p", End, Event("e", "Go")), Line("c"))).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

    [Fact]
    public void An_End_ends_a_flowchart_while_a_sibling_waits()
    {
        var played = Play(Sequence("s", Flowchart("f", "a>e a>en", Line("a"), Event("e", "Go"), End), Line("c")));
        played.Lines.ShouldBe("a c");
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        played.Bookmarks.ShouldBe("");
    }

    [Fact]
    public void What_is_scheduled_when_its_flowchart_ends_still_runs_and_leads_nowhere() =>
        Play(Sequence("s", Flowchart("f", "a>en a>b b>d", Line("a"), End, Line("b"), Line("d")), Line("c"))).Lines.ShouldBe("a b c");

    [Fact]
    public void What_is_scheduled_when_its_Fork_ends_still_runs()
    {
        var played = Play(Sequence("s", Fork("k", "\"WaitAny\"", Line("a"), Line("b")), Line("c")));
        played.Lines.ShouldBe("a b c");
        played.Journal.ShouldBe("Started:s Started:k Started:a Completed:a Completed:k Started:b Completed:b Started:c Completed:c Completed:s");
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void A_Fork_that_waits_for_one_cancels_what_waits()
    {
        var played = Play(Sequence("s", Fork("k", "\"WaitAny\"", Sequence("x", Event("e", "One"), Line("one")), Sequence("y", Event("g", "Two"), Line("two"))), Line("c")), events: ["Two", "One"]);
        played.Lines.ShouldBe("two c");
        played.Journal.ShouldEndWith("Completed:y Canceled:e Canceled:x Completed:k Started:c Completed:c Completed:s");
    }

    [Fact]
    public void A_Complete_ends_the_workflow() => Play(Sequence("s", Line("a"), Sequence("t", Complete, Line("b")), Line("c"))).Lines.ShouldBe("a");

    [Fact]
    public void A_Complete_cancels_what_does_not_end_by_itself()
    {
        var played = Play(Sequence("s", Parallel("p", Event("e", "Go"), Sequence("t", Complete)), Line("c")));
        played.Lines.ShouldBe("");
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        played.Journal.ShouldBe("Started:s Started:p Started:e Suspended:e Started:t Started:co Completed:co Completed:t Canceled:e Canceled:p Canceled:s");
    }

    [Fact]
    public void A_Complete_cancels_the_loop_around_it()
    {
        var played = Play(Sequence("s", ForEach("f", Js("[1,2]"), Sequence("t", Complete)), Line("c")));
        played.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        played.Journal.ShouldBe("Started:s Started:f Started:t Started:co Canceled:co Canceled:t Canceled:f Canceled:s");
    }

    [Fact]
    public void A_Complete_inside_a_workflow_used_as_an_activity_chooses_its_outcome()
    {
        var child = Workflow(Sequence("s", Of("co", "Complete", $"\"outcomes\":{Js("['Bad']")}"), Line("no")), id: "Child", more: ",\"options\":{\"usableAsActivity\":true},\"outcomes\":[\"Good\",\"Bad\"]");
        Run(Workflow(Flowchart("f", "c:Good>g c:Bad>b", """{"id":"c","type":"Child","workflowDefinitionId":"Child"}""", Line("g"), Line("b"))), others: child).Lines.ShouldBe("b");
    }

    [Fact]
    public void A_Finish_ends_everything() =>
        Play(Sequence("s", Parallel("p", Sequence("t", Of("fi", "Finish"), Line("a")), Line("b"), Event("e", "Go")), Line("c"))).ShouldSatisfyAllConditions(
            played => played.Lines.ShouldBe("b"),
            played => played.Bookmarks.ShouldBe(""),
            played => played.SubStatus.ShouldBe(WorkflowSubStatus.Finished));
}
