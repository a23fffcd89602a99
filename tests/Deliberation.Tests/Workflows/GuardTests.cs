using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>Guards of the engine that Elsa's own cases do not reach; <c>tests/mutations.md</c> says what falls when one is taken away.</summary>
public sealed class GuardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly WorkflowEngine Engine = new(new ActivityRegistry().Add<Simulation.FlakyActivity>());

    [Fact]
    public void A_WaitAny_cancels_only_what_leads_to_it()
    {
        var host = Run(
            [Fork("f", "A", "B", "C"), Event("a"), Event("b"), Event("c"), Activity("j", "Elsa.FlowJoin", ("mode", "WaitAny")), Line("after")],
            "f:A->a", "f:B->b", "f:C->c", "a->j", "b->j", "j->after");
        host.Publish("a");
        host.Lines.ShouldBe(["after"]);
        Waiting(host).ShouldBe(["c"]);
        host.Publish("c");
        Waiting(host).ShouldBeEmpty();
        host.Instances[0].Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void What_a_WaitAny_cancels_counts_as_visited_for_what_lies_behind()
    {
        var host = Run(
            [Fork("f", "A", "B"), Event("a"), Event("b"), Activity("j", "Elsa.FlowJoin", ("mode", "WaitAny")), Line("both")],
            "f:A->a", "f:B->b", "a->j", "b->j", "b->both", "j->both");
        host.Publish("a");
        host.Lines.ShouldBe(["both"]);
        host.Instances[0].Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void An_inner_way_back_does_not_stop_the_outer_one()
    {
        var host = Run(
            [Line("start"), Line("outer"), Line("inner"), Count("n"), Decision("again", "getN() % 2 == 1"), Decision("more", "getN() < 4"), Line("end")],
            "start->outer", "outer->inner", "inner->n", "n->again", "again:True->inner", "again:False->more", "more:True->outer", "more:False->end");
        host.Lines.ShouldBe(["start", "outer", "inner", "inner", "outer", "inner", "inner", "end"]);
    }

    [Fact]
    public void A_way_back_to_the_start_itself_is_valid()
    {
        var host = Run(
            [Count("n"), Decision("more", "getN() < 3"), Line("end")],
            "n->more", "more:True->n", "more:False->end");
        host.Instances[0].Incidents.ShouldBeEmpty();
        host.Lines.ShouldBe(["end"]);
    }

    [Fact]
    public void A_way_back_into_the_middle_faults_before_it_does_harm()
    {
        var host = Run(
            false,
            [Fork("f", "A", "B"), Line("a"), Line("b"), Count("n"), Decision("again", "getN() < 2"), Line("end")],
            "f:A->a", "f:B->b", "a->n", "b->n", "n->again", "again:True->a", "again:False->end");
        host.Instances[0].Last.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        host.Instances[0].Incidents.Single().Message.ShouldContain("Invalid backward connection");
        host.Lines.ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_StartAt_goes_on_at_its_instant_and_waits_a_moment_before(int secondsAhead, bool waits)
    {
        var at = Now.AddSeconds(secondsAhead);
        var transition = Start(Activity("s", "Elsa.StartAt", ("dateTime", at.ToString("O", CultureInfo.InvariantCulture))));
        transition.AddedBookmarks.Select(bookmark => bookmark.DueAt).ShouldBe(waits ? [at] : []);
    }

    [Theory]
    [InlineData("Elsa.Delay", "timeSpan")]
    [InlineData("Elsa.Timer", "interval")]
    public void A_wait_is_due_at_its_instant_not_before_and_not_behind(string type, string input) =>
        Start(Activity("w", type, (input, "1.02:03:04"))).AddedBookmarks.Single().DueAt.ShouldBe(Now + new TimeSpan(1, 2, 3, 4));

    [Theory]
    [InlineData(null, 3)]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    public void A_For_takes_its_end_in_unless_told_otherwise(bool? isInclusive, int turns)
    {
        var host = Run([Activity("l", "Elsa.For", ("start", 1), ("end", 3), ("step", 1), ("outerBoundInclusive", isInclusive), ("body", Line("x")))]);
        host.Lines.Count.ShouldBe(turns);
    }

    [Fact]
    public void A_For_with_step_0_faults_instead_of_running_for_ever()
    {
        var host = Run([Activity("l", "Elsa.For", ("start", 1), ("end", 3), ("step", 0), ("body", Line("x")))]);
        host.Instances[0].Incidents.Single().Message.ShouldContain("step of a For is 0");
        host.Lines.Count.ShouldBeLessThan(2);
    }

    [Fact]
    public void The_last_answer_of_many_children_waits_for_what_it_starts()
    {
        var parent = Read(Activity("d", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", "child"), ("items", new JsonArray(1, 2)), ("waitForCompletion", true), ("childCompleted", Event("go"))));
        var child = WorkflowDefinitionReader.Read("""{"id":"child-1","definitionId":"child","name":"c","root":{"id":"w","type":"Elsa.WriteLine","text":"child"}}""", Engine.Registry).Definition!;
        var host = new InMemoryWorkflowHost(Engine, [child], Now);
        host.Start(parent);
        Waiting(host).ShouldBe(["go", "go"]);
        host.Publish("go");
        host.Instances[0].Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void Nothing_of_a_faulted_instance_is_woken_and_it_waits_for_nothing()
    {
        var transition = Start(Activity("p", "Elsa.Parallel", ("activities", new JsonArray(Event("a"), Activity("x", Simulation.FlakyActivity.Type), Line("never")))));
        transition.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        transition.AddedBookmarks.ShouldBeEmpty();
        transition.Commands.ShouldBeEmpty();
        Engine.Bookmarks(transition.State).ShouldBeEmpty();
    }

    [Fact]
    public void A_faulted_instance_that_is_cancelled_gives_up_no_bookmark_twice()
    {
        var definition = Read(Activity("p", "Elsa.Parallel", ("activities", new JsonArray(Event("a"), Activity("s", "Elsa.Sequence", ("activities", new JsonArray(Event("b"), Activity("x", Simulation.FlakyActivity.Type))))))));
        var start = Engine.Start(definition, "i", [], null, Now, []);
        var faulted = Engine.Resume(definition, start.State, start.AddedBookmarks[1].Id, null, Now, Down);
        faulted.RemovedBookmarkIds.ShouldBe(start.AddedBookmarks.Select(bookmark => bookmark.Id), ignoreOrder: true);
        Engine.Cancel(definition, faulted.State, Now).RemovedBookmarkIds.ShouldBeEmpty();
    }

    [Fact]
    public void A_visit_that_is_tried_again_and_ended_before_its_turn_has_an_end_in_the_journal()
    {
        var definition = Read(Activity("f", "Elsa.Fork", ("joinMode", "WaitAny"), ("branches", new JsonArray(Activity("x", Simulation.FlakyActivity.Type), Line("first")))));
        var faulted = Engine.Start(definition, "i", [], null, Now, Down);
        var again = Engine.Retry(definition, faulted.State, Now, Down); // what was queued behind the fault has its turn first
        again.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        again.Journal.Select(entry => $"{entry.Event} {entry.ActivityId}").ShouldContain("Canceled x");
    }

    [Fact]
    public void Fifty_containers_in_each_other_survive_a_store()
    {
        var inner = Event("a");
        for (var level = 0; level < 50; level++)
        {
            inner = Activity($"s{level}", "Elsa.Sequence", ("activities", new JsonArray(inner)));
        }

        var host = new InMemoryWorkflowHost(Engine, [], Now); // writes its state as text after every step
        host.Start(Read(inner));
        host.Publish("a");
        host.Instances[0].Last.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    private static object[] Down => [new Simulation.FlakyActivity.Network(IsUp: false)];

    private static IEnumerable<string?> Waiting(InMemoryWorkflowHost host) => host.Bookmarks().Select(waiting => waiting.Bookmark.Key);

    private static Transition Start(JsonObject root) => Engine.Start(Read(root), "i", [], null, Now, Down);

    private static InMemoryWorkflowHost Run(JsonObject[] activities, params string[] connections) => Run(true, activities, connections);

    /// <summary>Runs a flowchart; a connection is <c>source:port->target</c>, or <c>source->target</c> for the port Done.</summary>
    private static InMemoryWorkflowHost Run(bool isValid, JsonObject[] activities, params string[] connections)
    {
        var host = new InMemoryWorkflowHost(Engine, [], Now);
        host.Start(Read(Activity("chart", "Elsa.Flowchart", ("activities", new JsonArray([.. activities])), ("connections", new JsonArray([.. connections.Select(Connection)]))), isValid));
        return host;
    }

    private static JsonObject Connection(string text)
    {
        var ends = text.Split("->");
        var source = ends[0].Split(':');
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1] : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }

    private static JsonObject Fork(string id, params string[] branches) => Activity(id, "Elsa.FlowFork", ("branches", new JsonArray([.. branches.Select(branch => (JsonNode)branch)])));

    private static JsonObject Event(string name) => Activity(name, "Elsa.Event", ("eventName", name));

    private static JsonObject Line(string text) => Activity(text, "Elsa.WriteLine", ("text", text));

    private static JsonObject Count(string id) => Activity(id, "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "n", ["name"] = "N" }), ("value", Script("getN() + 1")));

    private static JsonObject Decision(string id, string condition) => Activity(id, "Elsa.FlowDecision", ("condition", Script(condition)));

    private static JsonObject Script(string text) => new() { ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text } };

    private static JsonObject Activity(string id, string type, params (string Name, JsonNode? Value)[] properties)
    {
        var activity = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in properties)
        {
            activity[name] = value;
        }

        return activity;
    }

    private static WorkflowDefinition Read(JsonObject root, bool isValid = true)
    {
        var json = new JsonObject
        {
            ["id"] = "t1",
            ["definitionId"] = "t",
            ["name"] = "t",
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "n", ["name"] = "N", ["typeName"] = "Int32", ["value"] = "0" }),
            ["root"] = root,
        };
        var (definition, messages) = WorkflowDefinitionReader.Read(json.ToJsonString(), Engine.Registry);
        messages.Any(message => message.Severity == Deliberation.Workflows.Definitions.LintSeverity.Error).ShouldBe(!isValid);
        return definition!;
    }
}
