using System.Text.Json.Nodes;
using Deliberation.Workflows.Alterations;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Alterations.WaitingFlow;

namespace Deliberation.Tests.Workflows.Alterations;

/// <summary>Changes that a person makes to a waiting instance: variables, activities out of turn, activities taken out.</summary>
public sealed class AlterationTests
{
    private const string Count = """[{"id":"v1","name":"Count","typeName":"Int32","value":"1"}]""";

    private static readonly WorkflowAlterer Alterer = new(Engine);

    [Theory]
    [InlineData("v1")]
    [InlineData("count")]
    public void A_variable_takes_another_value_of_its_type(string variable)
    {
        var definition = Flow(Count, ["wait Event", """say WriteLine {"text":{"expression":{"type":"JavaScript","value":"'n=' + getCount()"}}}"""], ["wait-say"]);
        var altered = Alter(definition, Start(definition), new Alteration.ModifyVariable(variable, "42"));
        Engine.Variables(definition, altered.State)["Count"]!.ToString().ShouldBe("42");
        Lines(Deliver(definition, altered, "wait")).ShouldBe(["n=42"]);
    }

    [Fact]
    public void What_cannot_be_done_is_said_for_each_and_nothing_is_done()
    {
        var definition = Flow(Count, ["wait Event", "box Sequence {\"activities\":[{\"id\":\"inside\",\"type\":\"Elsa.Finish\"}]}"], ["wait-box"]);
        var (transition, problems) = Alterer.Alter(
            definition,
            Start(definition).State,
            [
                new Alteration.ModifyVariable("Count", 7),
                new Alteration.ModifyVariable("Total", 7),
                new Alteration.ModifyVariable("Count", "seven"),
                new Alteration.ScheduleActivity("nowhere"),
                new Alteration.ScheduleActivity("inside"),
                new Alteration.CancelActivity("box"),
                new Alteration.CancelActivity("nowhere"),
            ],
            Now,
            []);
        transition.ShouldBeNull();
        problems.Select(problem => (problem.Index, problem.Code, problem.Subject)).ShouldBe(
        [
            (1, "variable.unknown", "Total"),
            (2, "variable.type", "Count"),
            (3, "activity.unknown", "nowhere"),
            (4, "activity.not-in-flowchart", "inside"),
            (5, "activity.not-open", "box"),
            (6, "activity.unknown", "nowhere"),
        ]);
    }

    [Fact]
    public void An_activity_runs_out_of_turn_and_what_follows_it_follows()
    {
        var definition = Flow(["wait Event", "say WriteLine", "end WriteLine"], "wait-say", "say-end");
        var altered = Alter(definition, Start(definition), new Alteration.ScheduleActivity("say"));
        Lines(altered).ShouldBe(["say", "end"]);
        Waiting(altered).ShouldBe(["wait"]);
    }

    [Fact]
    public void A_cancelled_wait_is_a_dead_path_for_the_join_behind_it()
    {
        var definition = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "one Event", "two Event", "after WriteLine"], "both:A-one", "both:B-two", "one-after", "two-after");
        var altered = Alter(definition, Start(definition), new Alteration.CancelActivity("one"));
        altered.RemovedBookmarkIds.Count.ShouldBe(1);
        altered.Journal.Select(entry => $"{entry.Event} {entry.ActivityId}").ShouldBe(["Canceled one"]);
        Waiting(altered).ShouldBe(["two"]);
        var end = Deliver(definition, altered, "two");
        Lines(end).ShouldBe(["after"]);
        end.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void The_last_wait_taken_out_ends_the_flowchart()
    {
        var definition = Flow(["wait Event", "after WriteLine"], "wait-after");
        var altered = Alter(definition, Start(definition), new Alteration.CancelActivity("wait"));
        (altered.Status, altered.SubStatus).ShouldBe((WorkflowStatus.Finished, WorkflowSubStatus.Finished));
        Lines(altered).ShouldBeEmpty();
    }

    [Fact]
    public void A_sequence_goes_on_with_the_next_when_one_is_taken_out()
    {
        var definition = Flow(["box Sequence {\"activities\":[{\"id\":\"wait\",\"type\":\"Elsa.Event\",\"eventName\":\"wait\"},{\"id\":\"next\",\"type\":\"Elsa.WriteLine\",\"text\":\"next\"}]}"]);
        Lines(Alter(definition, Start(definition), new Alteration.CancelActivity("wait"))).ShouldBe(["next"]);
    }

    [Fact]
    public void A_faulted_instance_is_mended_with_another_value_and_retried()
    {
        var definition = Flow(Count, ["wait Event", """bad WriteLine {"text":{"expression":{"type":"JavaScript","value":"getCount().missing.length"}}}"""], ["wait-bad"]);
        var faulted = Deliver(definition, Start(definition), "wait");
        faulted.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        var altered = Alter(definition, faulted, new Alteration.ModifyVariable("Count", 5));
        altered.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        Engine.Variables(definition, altered.State)["Count"]!.ToString().ShouldBe("5");
        Engine.Retry(definition, altered.State, Now, []).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
    }

    [Fact]
    public void Taking_out_what_faulted_lets_the_rest_go_on_with_its_bookmarks()
    {
        var definition = Flow(["both FlowFork {\"branches\":[\"A\",\"B\",\"C\"]}", "keep Event", "go Event", "bad Fault {\"message\":\"broken\"}", "after WriteLine"], "both:A-keep", "both:B-go", "go-bad", "keep-after", "bad-after");
        var started = Start(definition);
        var faulted = Deliver(definition, started, "go");
        Engine.Bookmarks(faulted.State).ShouldBeEmpty();
        var altered = Alter(definition, faulted, new Alteration.CancelActivity("bad"));
        (altered.Status, altered.SubStatus).ShouldBe((WorkflowStatus.Running, WorkflowSubStatus.Suspended));
        altered.AddedBookmarks.Select(bookmark => bookmark.ActivityId).ShouldBe(["keep"]);
        altered.RemovedBookmarkIds.ShouldBeEmpty();
        Lines(Deliver(definition, altered, "keep")).ShouldBe(["after"]);
    }

    [Fact]
    public void An_instance_that_is_over_is_not_altered()
    {
        var definition = Flow(["say WriteLine"]);
        var (transition, problems) = Alterer.Alter(definition, Start(definition).State, [new Alteration.CancelActivity("say")], Now, []);
        transition.ShouldBeNull();
        problems.Single().Code.ShouldBe("instance.over");
    }

    private static Transition Alter(WorkflowDefinition definition, Transition at, params Alteration[] alterations)
    {
        var before = at.State.ToJsonString();
        var (transition, problems) = Alterer.Alter(definition, at.State, alterations, Now, []);
        problems.ShouldBeEmpty();
        at.State.ToJsonString().ShouldBe(before);
        return transition!;
    }
}
