using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>What the engine promises beyond Elsa: purity, state as plain JSON, activities of a product, retry.</summary>
public sealed class EngineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private static readonly ActivityRegistry Registry = new ActivityRegistry().Add<AskActivity>().Add<FaultOnceActivity>();

    private static readonly WorkflowEngine Engine = new(Registry);

    [Fact]
    public void The_same_start_is_the_same_start()
    {
        var definition = Read(Ask);
        var first = Engine.Start(definition, "i1", new JsonObject { ["Topic"] = "lamps" }, "c", Now, []);
        var second = Engine.Start(definition, "i1", new JsonObject { ["Topic"] = "lamps" }, "c", Now, []);
        second.State.ToJsonString().ShouldBe(first.State.ToJsonString());
        second.Journal.Select(entry => entry with { Details = null }).ShouldBe(first.Journal.Select(entry => entry with { Details = null }));
        second.AddedBookmarks.Select(bookmark => bookmark.Id).ShouldBe(first.AddedBookmarks.Select(bookmark => bookmark.Id));
        second.Commands.Select(command => command.VisitId).ShouldBe(first.Commands.Select(command => command.VisitId));
    }

    [Fact]
    public void A_workflow_that_was_read_before_the_one_it_uses_finds_it_when_it_runs()
    {
        var known = new List<WorkflowDefinition>();
        var resolver = WorkflowResolvers.Among(known);
        var user = WorkflowDefinitionReader.Read("""{"id":"u1","definitionId":"user","name":"User","root":{"id":"x","type":"Greet"}}""", Registry, resolver).Definition!;
        known.Add(WorkflowDefinitionReader.Read(
            """{"id":"g1","definitionId":"greet","name":"Greet","options":{"usableAsActivity":true},"root":{"id":"w","type":"Elsa.WriteLine","text":"hello"}}""", Registry, resolver).Definition!);
        new WorkflowEngine(Registry, resolver).Start(user, "i1", [], null, Now, []).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void A_resume_changes_neither_the_state_nor_the_input_it_was_given()
    {
        var definition = Read(Ask);
        var start = Start(definition);
        var (before, input) = (start.State.ToJsonString(), new JsonObject { ["answer"] = "yes" });
        var bookmark = start.AddedBookmarks.Single(bookmark => bookmark.Name == "answer");
        var one = Engine.Resume(definition, start.State, bookmark.Id, input, Now, []);
        var two = Engine.Resume(definition, start.State, bookmark.Id, input, Now, []);
        start.State.ToJsonString().ShouldBe(before);
        input.Parent.ShouldBeNull();
        two.State.ToJsonString().ShouldBe(one.State.ToJsonString());
    }

    [Fact]
    public void The_state_survives_a_store_that_reorders_its_members()
    {
        var definition = Read(Ask);
        var start = Start(definition);
        var reordered = (JsonObject)Reverse(JsonNode.Parse(start.State.ToJsonString()))!;
        var id = start.AddedBookmarks.Single(bookmark => bookmark.Name == "answer").Id;
        var direct = Engine.Resume(definition, start.State, id, new JsonObject { ["answer"] = "yes" }, Now, []);
        var stored = Engine.Resume(definition, reordered, id, new JsonObject { ["answer"] = "yes" }, Now, []);
        stored.State.ToJsonString().ShouldBe(direct.State.ToJsonString());
        Engine.Bookmarks(reordered).Select(bookmark => bookmark.Id).ShouldBe(start.AddedBookmarks.Select(bookmark => bookmark.Id));
    }

    [Fact]
    public void An_activity_of_the_product_waits_reminds_and_answers()
    {
        var definition = Read(Ask);
        var start = Start(definition);
        start.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        start.AddedBookmarks.Select(bookmark => (bookmark.Name, bookmark.Key, bookmark.DueAt, bookmark.CatchUp)).ShouldBe(
        [
            ("answer", null, null, CatchUp.Once),
            ("reminder", "1", Now.AddDays(1), CatchUp.Skip),
            ("reminder", "2", Now.AddDays(2), CatchUp.Skip),
        ]);
        start.Commands.Single().Command.ShouldBe(new AskCommand("lamps", Now, "Ask the people"));

        var reminded = Engine.Resume(definition, start.State, start.AddedBookmarks[1].Id, null, Now.AddDays(1), []);
        reminded.RemovedBookmarkIds.ShouldBe([start.AddedBookmarks[1].Id]);
        reminded.Journal.Select(entry => entry.Event).ShouldBe(["Resumed"]);
        reminded.Journal[0].Sequence.ShouldBe(start.Journal[^1].Sequence + 1);
        reminded.Commands.Single().VisitId.ShouldBe(start.Commands.Single().VisitId);

        var answered = Engine.Resume(definition, reminded.State, start.AddedBookmarks[0].Id, new JsonObject { ["answer"] = "yes" }, Now.AddDays(1), []);
        answered.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        answered.RemovedBookmarkIds.ShouldBe([start.AddedBookmarks[0].Id, start.AddedBookmarks[2].Id], ignoreOrder: true);
        answered.Output["Answer"]!.GetValue<string>().ShouldBe("yes after 1 reminders");
        Engine.Variables(definition, answered.State)["Answer"]!.GetValue<string>().ShouldBe("yes");
    }

    [Fact]
    public void An_unknown_bookmark_changes_nothing()
    {
        var definition = Read(Ask);
        var start = Start(definition);
        var same = Engine.Resume(definition, start.State, "i1:b99", null, Now, []);
        same.State.ToJsonString().ShouldBe(start.State.ToJsonString());
        same.Journal.ShouldBeEmpty();
        same.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public void Cancelling_closes_every_visit_and_removes_every_bookmark()
    {
        var definition = Read(Ask);
        var start = Start(definition);
        var cancelled = Engine.Cancel(definition, start.State, Now);
        (cancelled.Status, cancelled.SubStatus).ShouldBe((WorkflowStatus.Finished, WorkflowSubStatus.Cancelled));
        cancelled.RemovedBookmarkIds.ShouldBe(start.AddedBookmarks.Select(bookmark => bookmark.Id), ignoreOrder: true);
        cancelled.Journal.Select(entry => entry.Event).Distinct().ShouldBe(["Canceled"]);
        Engine.Bookmarks(cancelled.State).ShouldBeEmpty();
    }

    [Fact]
    public void A_faulted_instance_sleeps_until_it_is_tried_again_and_then_loses_nothing()
    {
        var definition = Read(
            """
            {"id":"f1","definitionId":"f","name":"f","variables":[{"id":"n","name":"N","typeName":"Int32","value":"0"}],
             "root":{"id":"P","type":"Elsa.Parallel","activities":[
              {"id":"e","type":"Elsa.Event","eventName":"Go"},
              {"id":"x","type":"Test.FaultOnce","version":1},
              {"id":"w","type":"Elsa.WriteLine","text":"after"}]}}
            """);
        var faulted = Engine.Start(definition, "i1", [], null, Now, [new Weather(false)]);
        faulted.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        faulted.Commands.ShouldBeEmpty();
        faulted.AddedBookmarks.ShouldBeEmpty();
        Engine.Bookmarks(faulted.State).ShouldBeEmpty();

        var state = (JsonObject)JsonNode.Parse(faulted.State.ToJsonString())!;
        var retried = Engine.Retry(definition, state, Now, [new Weather(true)]);
        retried.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        retried.AddedBookmarks.Select(bookmark => bookmark.Name).ShouldBe(["Elsa.Event"]);
        retried.Commands.Select(command => command.Command).ShouldBe([new WriteLineCommand("after")]);
        Engine.Resume(definition, retried.State, retried.AddedBookmarks[0].Id, null, Now, []).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void A_container_that_faulted_between_its_children_is_not_tried_again()
    {
        var definition = Read(
            """
            {"id":"f1","definitionId":"f","name":"f","variables":[{"id":"n","name":"N","typeName":"Int32","value":"0"}],
             "root":{"id":"W","type":"Elsa.While","condition":{"expression":{"type":"JavaScript","value":"getN() == 0 ? true : getN().no.more"}},
              "body":{"id":"s","type":"Elsa.SetVariable","variable":{"id":"n"},"value":1}}}
            """);
        var faulted = Engine.Start(definition, "i1", [], null, Now, []);
        faulted.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        faulted.Incidents.Single().ActivityId.ShouldBe("s"); // what the loop does behind its body is part of the body's step, as in Elsa
        Engine.Retry(definition, faulted.State, Now, []).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
    }

    [Fact]
    public void What_an_activity_does_with_its_inputs_does_not_reach_the_definition()
    {
        var registry = new ActivityRegistry().Add<MeddleActivity>();
        var engine = new WorkflowEngine(registry);
        var (definition, _) = WorkflowDefinitionReader.Read(
            """{"id":"m1","definitionId":"m","name":"m","root":{"id":"m","type":"Test.Meddle","form":{"expression":{"type":"Object","value":{"a":1}}}}}""", registry);
        var before = definition!.Source.ToJsonString();
        var first = engine.Start(definition, "i", [], null, Now, []);
        engine.Start(definition, "i", [], null, Now, []).State.ToJsonString().ShouldBe(first.State.ToJsonString());
        definition.Source.ToJsonString().ShouldBe(before);
    }

    [Fact]
    public void A_loop_that_never_waits_ends_as_an_incident()
    {
        var definition = Read("""{"id":"w1","definitionId":"w","name":"w","root":{"id":"W","type":"Elsa.While","condition":true,"body":{"id":"s","type":"Elsa.Start"}}}""");
        var transition = Engine.Start(definition, "i1", [], null, Now, []);
        transition.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        transition.Incidents.Single().Message.ShouldContain("1000000");
    }

    [Fact]
    public void Breaks_and_ends_reach_through_ifs()
    {
        Lines(
            """
            {"id":"S","type":"Elsa.Sequence","activities":[
              {"id":"L","type":"Elsa.ForEach","items":[1,2,3,4],"body":{"id":"B","type":"Elsa.Sequence","activities":[
                {"id":"i","type":"Elsa.If","condition":{"expression":{"type":"JavaScript","value":"getCurrentValue() == 3"}},"then":{"id":"br","type":"Elsa.Break"}},
                {"id":"w","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getCurrentValue() + ' ' + getCurrentIndex()"}}}]}},
              {"id":"after","type":"Elsa.WriteLine","text":"after"},
              {"id":"c","type":"Elsa.If","condition":true,"then":{"id":"cc","type":"Elsa.Complete"}},
              {"id":"never","type":"Elsa.WriteLine","text":"never"}]}
            """).ShouldBe(["1 0", "2 1", "after"]);
    }

    [Fact]
    public void An_input_left_out_takes_the_default_of_the_template()
    {
        var definition = Read(
            """
            {"id":"d1","definitionId":"d","name":"d","inputs":[{"name":"Days","type":"Int32"}],
             "customProperties":{"deliberation":{"inputs":{"Days":{"default":7}}}},
             "root":{"id":"w","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getDays() + 1"}}}}
            """);
        ((WriteLineCommand)Engine.Start(definition, "i", [], null, Now, []).Commands[0].Command).Text.ShouldBe("8");
        ((WriteLineCommand)Engine.Start(definition, "i", new JsonObject { ["Days"] = "3" }, null, Now, []).Commands[0].Command).Text.ShouldBe("4");
    }

    [Fact]
    public void Cron_waits_for_its_next_occurrence()
    {
        var definition = Read("""{"id":"c1","definitionId":"c","name":"c","root":{"id":"c","type":"Elsa.Cron","cronExpression":"0 30 9 * * MON"}}""");
        Engine.Start(definition, "i", [], null, Now, []).AddedBookmarks.Single().DueAt.ShouldBe(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    }

    private static Transition Start(WorkflowDefinition definition) => Engine.Start(definition, "i1", new JsonObject { ["Topic"] = "lamps" }, null, Now, []);

    private static IReadOnlyList<string> Lines(string root)
    {
        var host = new InMemoryWorkflowHost(Engine, [], Now);
        host.Start(Read($$"""{"id":"t1","definitionId":"t","name":"t","root":{{root}}}"""));
        return host.Lines;
    }

    private static WorkflowDefinition Read(string json)
    {
        var (definition, messages) = WorkflowDefinitionReader.Read(json, Registry);
        messages.ShouldBeEmpty();
        return definition!;
    }

    private static JsonNode? Reverse(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reverse(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reverse)]),
        _ => node?.DeepClone(),
    };

    private const string Ask =
        """
        {"id":"a1","definitionId":"a","name":"ask","inputs":[{"name":"Topic","type":"String"}],"outputs":[{"name":"Answer","type":"String"}],
         "variables":[{"id":"v","name":"Answer","typeName":"String"}],
         "root":{"id":"F","type":"Elsa.Flowchart","activities":[
          {"id":"ask","name":"Ask1","type":"Test.Ask","version":1,"metadata":{"displayText":"Ask the people"},
           "topic":{"typeName":"String","expression":{"type":"Input","value":{"name":"Topic"}}},
           "answer":{"typeName":"String","memoryReference":{"id":"v"}}},
          {"id":"out","type":"Elsa.SetOutput","outputName":"Answer","outputValue":{"expression":{"type":"JavaScript","value":"`${getAnswer()} after ${getRemindersFromAsk1()} reminders`"}}}],
          "connections":[{"source":{"activity":"ask","port":"Yes"},"target":{"activity":"out","port":"In"}}]}}
        """;

    internal sealed record AskCommand(string Topic, DateTimeOffset At, string Title) : IWorkflowCommand;

    internal sealed record RemindCommand(string Point) : IWorkflowCommand;

    internal sealed record Weather(bool IsFine);

    [Activity("Test.Ask", Outcomes = ["Yes", "No"], Outputs = ["Answer", "Reminders"])]
    internal sealed record AskActivity(Input<string> Topic, Input<int> Days) : IActivity
    {
        public ActivityResult Execute(ActivityContext context) => ActivityResult
            .Wait(new BookmarkRequest("answer"))
            .WithBookmarks(Enumerable.Range(1, Math.Max(2, context.Evaluate(Days))).Select(day => new BookmarkRequest("reminder", $"{day}", context.Now.AddDays(day), CatchUp: CatchUp.Skip)))
            .WithCommand(new AskCommand(context.Evaluate(Topic) ?? "", context.Now, context.DisplayText));

        public ActivityResult Resume(ActivityContext context, Resumption resumption)
        {
            var reminders = (int?)context.State["reminders"] ?? 0;
            return resumption.Name == "reminder"
                ? ActivityResult.Wait().WithState(new JsonObject { ["reminders"] = reminders + 1 }).WithCommand(new RemindCommand(resumption.Key!))
                : ActivityResult.Complete("Yes").WithOutput("Answer", resumption.Input!["answer"]!.DeepClone()).WithOutput("Reminders", JsonValue.Create(reminders));
        }
    }

    [Activity("Test.Meddle")]
    internal sealed record MeddleActivity(Input<JsonObject> Form) : IActivity
    {
        public ActivityResult Execute(ActivityContext context)
        {
            var form = context.Evaluate(Form)!;
            form["b"] = 2;
            return ActivityResult.Wait(new BookmarkRequest("x", Payload: new JsonObject { ["form"] = form }));
        }
    }

    [Activity("Test.FaultOnce")]
    internal sealed record FaultOnceActivity : IActivity
    {
        public ActivityResult Execute(ActivityContext context) => context.Fact<Weather>().IsFine ? ActivityResult.Complete() : ActivityResult.Failed("rain");
    }
}
