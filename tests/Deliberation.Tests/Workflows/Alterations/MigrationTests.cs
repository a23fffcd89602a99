using Deliberation.Workflows.Alterations;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;
using static Deliberation.Tests.Workflows.Alterations.WaitingFlow;

namespace Deliberation.Tests.Workflows.Alterations;

/// <summary>A waiting instance moves to another version: nothing is done twice, nothing hangs, or it does not move.</summary>
public sealed class MigrationTests
{
    private static readonly WorkflowMigrator Migrator = new(Engine);

    [Fact]
    public void What_is_open_stays_open_and_what_follows_is_the_new_version()
    {
        var from = Flow(["first WriteLine", "wait Event", "end WriteLine"], "first-wait", "wait-end");
        var to = Flow(["first WriteLine", "wait Event", "check Event", "end WriteLine"], "first-wait", "wait-check", "check-end");
        var started = Start(from);
        var plan = Migrator.Plan(from, to, started.State, Now);
        plan.Problems.ShouldBeEmpty();
        plan.Kept.Select(bookmark => bookmark.Id).ShouldBe(started.AddedBookmarks.Select(bookmark => bookmark.Id));
        plan.Changes.Select(change => $"{change.Kind} {change.Part} {change.Name}").ShouldBe(
        [
            "Added Activity check",
            "Removed Connection wait:Done->end:In",
            "Added Connection wait:Done->check:In",
            "Added Connection check:Done->end:In",
        ]);
        plan.Transition!.Journal.ShouldBeEmpty();
        plan.Transition.Commands.ShouldBeEmpty();

        var next = Deliver(to, plan.Transition, "wait");
        Waiting(next).ShouldBe(["check"]);
        Lines(Deliver(to, next, "check")).ShouldBe(["end"]);
    }

    [Fact]
    public void A_plan_changes_nothing()
    {
        var from = Flow(["wait Event"]);
        var state = Start(from).State;
        var before = state.ToJsonString();
        Migrator.Plan(from, Flow(["wait Event", "end WriteLine"], "wait-end"), state, Now);
        state.ToJsonString().ShouldBe(before);
    }

    [Fact]
    public void An_open_activity_that_the_new_version_lacks_or_has_changed_in_kind_stops_the_move()
    {
        var from = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "one Event", "two Event"], "both:A-one", "both:B-two");
        var to = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "two Delay {\"timeSpan\":\"1.00:00:00\"}"], "both:B-two");
        var plan = Migrator.Plan(from, to, Start(from).State, Now);
        plan.Transition.ShouldBeNull();
        plan.Problems.Select(problem => (problem.Code, problem.NodeId)).ShouldBe([("activity.gone", "Workflow1:flow:one"), ("activity.type", "Workflow1:flow:two")]);
    }

    [Fact]
    public void A_join_that_would_wait_for_a_way_nobody_can_come_stops_the_move()
    {
        var from = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "over WriteLine", "wait Event", "join WriteLine"], "both:A-over", "both:B-wait", "over-join", "wait-join");
        var to = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "over WriteLine", "late Event", "wait Event", "join WriteLine"], "both:A-over", "both:B-wait", "over-late", "late-join", "wait-join");
        Migrator.Plan(from, to, Start(from).State, Now).Problems.ShouldBe([new MigrationProblem("activity.stuck", "Workflow1:flow:join", "join")]);

        // The first arrival is enough for a WaitAny: nothing hangs.
        var any = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "over WriteLine", "late Event", "wait Event", "join FlowJoin"], "both:A-over", "both:B-wait", "over-late", "late-join", "wait-join");
        var first = Flow(["both FlowFork {\"branches\":[\"A\",\"B\"]}", "over WriteLine", "wait Event", "join FlowJoin {\"mode\":\"WaitAll\"}"], "both:A-over", "both:B-wait", "over-join", "wait-join");
        Migrator.Plan(first, any, Start(first).State, Now).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_step_put_before_what_is_open_already_does_not_stop_the_move()
    {
        var from = Flow(["over WriteLine", "wait Event", "end WriteLine"], "over-wait", "wait-end");
        var to = Flow(["over WriteLine", "more Event", "wait Event", "end WriteLine"], "over-more", "more-wait", "wait-end");
        var plan = Migrator.Plan(from, to, Start(from).State, Now);
        plan.Problems.ShouldBeEmpty();
        Lines(Deliver(to, plan.Transition!, "wait")).ShouldBe(["end"]);
    }

    [Fact]
    public void Variables_keep_their_values_new_ones_have_their_initial_value_and_types_are_converted()
    {
        var from = Flow("""[{"id":"v1","name":"Count","typeName":"Int32","value":"3"}]""", ["wait Event"], []);
        var to = Flow("""[{"id":"v1","name":"Count","typeName":"String","value":""},{"id":"v2","name":"Limit","typeName":"Int32","value":"9"}]""", ["wait Event"], []);
        var plan = Migrator.Plan(from, to, Start(from).State, Now);
        var variables = Engine.Variables(to, plan.Transition!.State);
        variables["Count"]!.GetValue<string>().ShouldBe("3");
        variables["Limit"]!.ToString().ShouldBe("9");

        var wrong = Flow("""[{"id":"v1","name":"Count","typeName":"DateTimeOffset","value":null}]""", ["wait Event"], []);
        Migrator.Plan(to, wrong, Start(Flow("""[{"id":"v1","name":"Count","typeName":"String","value":"three"}]""", ["wait Event"], [])).State, Now)
            .Problems.ShouldBe([new MigrationProblem("variable.type", "Workflow1", "Count")]);
    }

    [Fact]
    public void Looks_are_no_change_and_inputs_of_an_activity_are()
    {
        var from = Flow(["wait Event", "say WriteLine {\"text\":\"a\",\"metadata\":{\"designer\":{\"position\":{\"x\":1,\"y\":1}}}}"], "wait-say");
        var moved = Flow(["wait Event", "say WriteLine {\"text\":\"a\",\"metadata\":{\"designer\":{\"position\":{\"x\":9,\"y\":9}}}}"], "wait-say");
        var changed = Flow(["wait Event", "say WriteLine {\"text\":\"b\"}"], "wait-say");
        var state = Start(from).State;
        Migrator.Plan(from, moved, state, Now).Changes.ShouldBeEmpty();
        Migrator.Plan(from, changed, state, Now).Changes.ShouldBe([new DefinitionChange(DefinitionChangeKind.Changed, DefinitionPart.Activity, "Workflow1:flow:say", "say")]);
    }

    [Fact]
    public void A_faulted_instance_moves_and_is_retried_in_the_version_that_is_right()
    {
        var from = Flow(["wait Event", "bad Fault {\"message\":\"broken\"}"], "wait-bad");
        var to = Flow(["wait Event", "bad Fault {\"message\":\"still broken\"}", "end WriteLine"], "wait-bad", "bad-end");
        var faulted = Deliver(from, Start(from), "wait");
        var plan = Migrator.Plan(from, to, faulted.State, Now);
        plan.Transition!.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        Engine.Retry(to, plan.Transition.State, Now, []).Incidents.Single().Message.ShouldBe("still broken");
    }

    [Fact]
    public void An_instance_that_is_over_stays_what_it_was()
    {
        var definition = Flow(["say WriteLine"]);
        Migrator.Plan(definition, definition, Start(definition).State, Now).Problems.Single().Code.ShouldBe("instance.over");
    }
}
