using System.Text.Json.Nodes;
using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Cases.Drawn;

namespace Deliberation.Tests.Workflows.Cases;

/// <summary>Events, tasks and workflows that call workflows.</summary>
public sealed class CallCases
{
    private static readonly string Child = Workflow(
        Sequence("cs", Say("cw", "'c' + getX()"), Of("co", "SetOutput", $"\"outputName\":{Literal("\"Y\"")}", $"\"outputValue\":{Js("getX() + '!'")}")),
        id: "child",
        more: ",\"inputs\":[{\"name\":\"X\",\"type\":\"Object\"}],\"outputs\":[{\"name\":\"Y\",\"type\":\"Object\"}]");

    private static readonly string Waiting = Workflow(Event("we", "Go"), id: "waiting");

    private static string Call(string id, string type, string definition, params string[] more) => Of(id, type, [$"\"workflowDefinitionId\":{Literal($"\"{definition}\"")}", .. more]);

    private static string Bulk(string items, string definition, params string[] more) => Call("b", "BulkDispatchWorkflows", definition, [$"\"items\":{items}", .. more]);

    [Theory]
    [InlineData("ExecuteWorkflow")]
    [InlineData("DispatchWorkflow")]
    public void A_call_of_a_workflow_that_is_not_there_faults(string type)
    {
        var played = Play(Sequence("s", Call("c", type, "nobody"), Line("a")));
        played.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        played.Incident.ShouldBe("c");
        played.Journal.ShouldEndWith("Started:c Faulted:c");
    }

    [Fact]
    public void A_bulk_dispatch_of_a_workflow_that_is_not_there_faults() => Play(Bulk(Js("[1]"), "nobody")).Incident.ShouldBe("b");

    [Fact]
    public void A_dispatched_workflow_gives_its_output() => Run(
        Workflow(Sequence("s", Call("c", "DispatchWorkflow", "child", $"\"input\":{Object("{\"X\":\"q\"}")}", "\"waitForCompletion\":true", "\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"r\"}}"), Say("w", "getR().Y")), "r:Object"),
        others: Child).Lines.ShouldBe("cq q!");

    [Fact]
    public void A_bulk_dispatch_waits_unless_it_is_told_not_to()
    {
        var played = Run(Workflow(Sequence("s", Bulk(Js("['a','b']"), "child", "\"defaultItemInputKey\":\"X\""), Line("end"))), others: Child);
        played.Host.Lines.Order().ShouldBe(["ca", "cb", "end"]);
        played.Host.Lines[^1].ShouldBe("end");
    }

    [Fact]
    public void A_bulk_dispatch_gives_an_object_by_its_members() =>
        Run(Workflow(Bulk(Js("[{X:1},{X:2}]"), "child")), others: Child).Host.Lines.Order().ShouldBe(["c1", "c2"]);

    [Fact]
    public void A_bulk_dispatch_computes_a_correlation_for_each_item() =>
        Run(Workflow(Bulk(Js("['a','b']"), "waiting", $"\"correlationIdFunction\":{Js("'k-' + getItem()")}")), others: Waiting)
            .Host.Instances.Skip(1).Select(child => child.Last.CorrelationId).ShouldBe(["k-a", "k-b"]);

    [Fact]
    public void A_bulk_dispatch_goes_on_by_Completed_and_Done_and_its_port_runs_for_each_child() => Run(
        Workflow(Flowchart("f", "b:Completed>x b:Done>y b:Canceled>z", Bulk(Js("['a','b']"), "child", "\"defaultItemInputKey\":\"X\"", $"\"childCompleted\":{Line("one")}"), Line("x"), Line("y"), Line("z"))),
        others: Child).Host.Lines.Order().ShouldBe(["ca", "cb", "one", "one", "x", "y"]);

    [Fact]
    public void A_bulk_dispatch_of_nothing_is_done() => Run(Workflow(Flowchart("f", "b:Done>y b:Completed>x", Bulk(Js("[]"), "child"), Line("x"), Line("y"))), others: Child).Lines.ShouldBe("y");

    [Fact]
    public void The_text_of_a_list_has_no_items_for_a_bulk_dispatch() => Run(Workflow(Sequence("s", Bulk(Object("[1,2]"), "child"), Line("end"))), others: Child).Lines.ShouldBe("end");

    [Fact]
    public void An_event_carries_its_payload() =>
        Play(Sequence("s", Of("e", "Event", "\"name\":\"Wait\"", "\"eventName\":\"Go\"", "\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"r\"}}"), Say("w", "getR().n + getResultFromWait().n")), "r:Object", events: ["Go={\"n\":2}"]).Lines.ShouldBe("4");

    [Fact]
    public void An_event_reaches_every_branch_that_waits_for_it() =>
        Play(Sequence("s", Parallel("p", Sequence("x", Event("e", "Go"), Line("a")), Sequence("y", Event("g", "Go"), Line("b"))), Line("end")), events: ["Go"]).Lines.ShouldBe("a b end");

    [Fact]
    public void An_event_of_another_name_is_nothing() => Play(Sequence("s", Event("e", "Go"), Line("a")), events: ["go", "Stop"]).Bookmarks.ShouldBe("Elsa.Event");

    [Fact]
    public void A_published_event_with_a_correlation_reaches_only_that_instance() => Play(Sequence(
        "s",
        Of("c", "Correlate", "\"correlationId\":\"k1\""),
        Parallel(
            "p",
            Sequence("x", Event("e", "Go"), Line("a")),
            Sequence("y", Of("q", "PublishEvent", "\"eventName\":\"Go\"", "\"correlationId\":\"k2\""), Of("r", "PublishEvent", "\"eventName\":\"Other\"", "\"correlationId\":\"k1\"")),
            Sequence("z", Event("g", "Other"), Line("b"))))).Lines.ShouldBe("b");

    [Fact]
    public void A_task_waits_with_its_name()
    {
        var played = Play(Of("t", "RunTask", "\"taskName\":\"Measure\"", $"\"payload\":{Object("{\"a\":1}")}"));
        played.Bookmarks.ShouldBe("Elsa.RunTask");
        ((string)played.Host.Bookmarks().Single().Bookmark.Payload!["taskName"]!).ShouldBe("Measure");
    }

    [Fact]
    public void A_log_is_no_line() => Play(Sequence("s", Of("l", "Log", "\"message\":\"quiet\""), Line("a"))).Lines.ShouldBe("a");

    [Fact]
    public void A_StartAt_that_is_past_goes_on() => Play(Sequence("s", Of("t", "StartAt", "\"dateTime\":\"2020-01-01T00:00:00Z\""), Line("a"))).Lines.ShouldBe("a");

    [Fact]
    public void An_output_of_an_activity_is_read_by_name() =>
        Play(Sequence("s", Of("j", "RunJavaScript", "\"name\":\"Calc\"", "\"script\":\"6 * 7\""), Say("w", "getOutputFrom('Calc', 'Result') + getOutputFrom('Calc') + getResultFromCalc()"))).Lines.ShouldBe("126");

    [Fact]
    public void A_workflow_takes_inputs_and_gives_outputs() => Run(Child, new JsonObject { ["X"] = "in" }).Instance.Last.Output.ToJsonString().ShouldBe("{\"Y\":\"in!\"}");
}
