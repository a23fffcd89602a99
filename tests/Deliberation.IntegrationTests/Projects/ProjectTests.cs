using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Boards;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Operations;
using Deliberation.Features.Outcomes;
using Deliberation.Features.Projects;
using Deliberation.Features.Tasks;
using Deliberation.Features.Templates;
using Deliberation.Features.Timers;
using Deliberation.Process.Notices;
using Deliberation.Process.Pledges;
using Deliberation.Process.Projects;
using Deliberation.Process.Tasks;
using Xunit;

namespace Deliberation.IntegrationTests.Projects;

public sealed class ProjectTests : IAsyncLifetime
{
    private const string Template =
        """
        {"id":"park-1","definitionId":"park","version":1,"name":"Park","customProperties":{"deliberation":{"inputs":{
            "Seats":{"default":5,"min":3,"max":11,"editor":"number","odd":true},
            "Notice":{"default":7,"min":7,"max":30,"editor":"number","legalMinimum":true}}}},
         "root":{"id":"flow","type":"Elsa.Flowchart","activities":[{"id":"s","type":"Deliberation.StartProject"}]}}
        """;

    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    private Caller Leader => Neighbourhood.Staff(_lane.Leader);

    private Caller Admin => Leader with { Kind = CallerKind.Admin };

    [Fact]
    public async Task Nothing_is_built_before_the_decision()
    {
        await _lane.CarryOutAsync(new EnterStageCommand(Stage.Plan), "v1");
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => _lane.CarryOutAsync(new EnterStageCommand(Stage.Build), "v2"));
        Assert.StartsWith("project.not-decided", fault.Message, StringComparison.Ordinal);
        await _lane.CarryOutAsync(new RecordDecisionCommand("Plan B"), "v3");
        await _lane.CarryOutAsync(new EnterStageCommand(Stage.Build), "v4");

        var page = (await _lane.SendAsync(new GetProject(_lane.Resident(0), Neighbourhood.Community, _lane.Project))).Require();

        Assert.Equal(("InBuild", Stage.Build), (page.State, page.Stage));
        Assert.Contains("evidence.minutes", page.Stages[0].MissingEvidence);
        Assert.DoesNotContain("evidence.decision", page.Stages[0].MissingEvidence);
        Assert.False(page.Stages[2].IsPresent);
    }

    [Fact]
    public async Task A_project_in_two_stages_is_listed_with_both_and_counts_in_both_until_one_is_complete()
    {
        await _lane.CarryOutAsync(new EnterStageCommand(Stage.Plan), "v1");
        await _lane.CarryOutAsync(new EnterStageCommand(Stage.Manage), "v2");

        Assert.Equal([Stage.Plan, Stage.Manage], Assert.Single(await ListAsync(Stage.Plan)).Running);
        Assert.Single(await ListAsync(Stage.Manage));
        Assert.Empty(await ListAsync(Stage.Build));
        var board = await BoardAsync();
        Assert.Equal((1, 1, 1), (board.Running, board.ByStage[Stage.Plan], board.ByStage[Stage.Manage]));

        await _lane.CarryOutAsync(new CompleteStageCommand(Stage.Manage), "v3");
        Assert.Equal([Stage.Plan], Assert.Single(await ListAsync(null)).Running); // though Manage was entered last
        Assert.Empty(await ListAsync(Stage.Manage));
        Assert.False((await BoardAsync()).ByStage.ContainsKey(Stage.Manage));

        await _lane.CarryOutAsync(new CompleteStageCommand(Stage.Plan), "v4");
        Assert.Equal([Stage.Manage], Assert.Single(await ListAsync(null)).Running); // between two stages: the one entered last

        (await _lane.SendAsync(new SuspendProject(Leader, Neighbourhood.Community, _lane.Project, "Flood", new DateOnly(2026, 12, 1)))).Require();
        Assert.Empty((await BoardAsync()).ByStage);

        async Task<BoardLine> BoardAsync() =>
            Assert.Single((await _lane.SendAsync(new ListBoard(Leader with { Kind = CallerKind.Official }, Neighbourhood.Community))).Require());
    }

    [Fact]
    public async Task The_next_date_is_the_soonest_still_ahead_of_all_that_is_open()
    {
        var monday = Neighbourhood.Monday;
        await _lane.CarryOutAsync(new CreateTaskCommand("Task", "GroupLeader", "Task", "", ["Done"], Fields(), 1, monday.AddDays(2)), "v1");
        await _lane.CarryOutAsync(new OpenPledgesCommand("Lane", [new PledgeNeed("money", "Money", "Money", 500)], monday, monday.AddDays(3)), "v2");
        await _lane.CarryOutAsync(new PublishNoticeCommand("Plan", "Plan", "", monday, monday.AddDays(4)), "v3");
        await _lane.RunAsync(
            """
            insert into meeting (community_id, meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, quorum_numerator, quorum_denominator, quorum_is_strict)
            select community_id, gen_random_uuid(), project_id, instance_id, 'v4', 'Council', 1, 'Lane', @at, 1, 2, true from workflow_instance;
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices,
                opens_at, closes_at, state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash)
            select community_id, gen_random_uuid(), project_id, instance_id, 'v5', 'Lane?', '{}', 'Owners', 'Named', 'x', 1, 1, @monday, @closes, 'Open', 1, 1, 0, '', '' from workflow_instance
            """,
            new { monday, at = monday.AddDays(1), closes = monday.AddDays(5) });

        foreach (var (day, kind) in new[] { (1, "Meeting"), (2, "Task"), (3, "Pledge"), (4, "Notice"), (5, "Ballot") })
        {
            var line = Assert.Single(await ListAsync(null));
            Assert.Equal((kind, monday.AddDays(day)), (line.NextKind, line.NextDueAt));
            var residents = Assert.Single((await _lane.SendAsync(
                new ListProjects(_lane.Resident(0), Neighbourhood.Community, null, null, null, new PageRequest(1), HasTasks: false))).Require().Items);
            Assert.Equal(kind == "Task" ? ("Pledge", monday.AddDays(3)) : (kind, monday.AddDays(day)), (residents.NextKind, residents.NextDueAt));
            await _lane.Database.SetCouncilTimeAsync(monday.AddDays(day)); // at its own instant it is no longer ahead
        }

        Assert.Null(Assert.Single(await ListAsync(null)).NextDueAt);
    }

    [Fact]
    public async Task Messages_of_quiet_hours_are_counted_as_held_until_they_end_and_then_as_waiting()
    {
        await _lane.Database.SetCouncilTimeAsync(new DateTimeOffset(2026, 11, 23, 14, 0, 0, TimeSpan.Zero)); // 22:00 in Shanghai
        var morning = new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero);
        await _lane.CarryOutAsync(new RecordLaunchCommand(), "v1");

        var night = (await _lane.SendAsync(new GetSystem(Admin, Neighbourhood.Community))).Require();
        Assert.Equal((0, 11, (DateTimeOffset?)morning), (night.WaitingMessages, night.HeldMessages, night.HeldUntil));
        Assert.All((await MessagesAsync()).Items, message => Assert.Equal(morning, message.NotBefore));

        await _lane.Database.SetCouncilTimeAsync(morning);
        var day = (await _lane.SendAsync(new GetSystem(Admin, Neighbourhood.Community))).Require();
        Assert.Equal((11, 0, (DateTimeOffset?)null), (day.WaitingMessages, day.HeldMessages, day.HeldUntil));
        Assert.All((await MessagesAsync()).Items, message => Assert.Null(message.NotBefore));

        async Task<Paged<MessageLine>> MessagesAsync() =>
            (await _lane.SendAsync(new ListMessages(Leader, Neighbourhood.Community, null, null, new PageRequest(1)))).Require();
    }

    private async Task<IReadOnlyList<ProjectLine>> ListAsync(Stage? stage) =>
        (await _lane.SendAsync(new ListProjects(Leader, Neighbourhood.Community, null, stage, null, new PageRequest(1)))).Require().Items;

    [Fact]
    public async Task Equal_lines_in_a_row_on_one_day_are_one_line_with_their_number()
    {
        // 15:30 and 15:59 UTC are one day in Shanghai, 16:00 is the next; another line in between begins a new run.
        foreach (var (at, key) in new[] { ("15:30", "a"), ("15:59", "a"), ("16:00", "a"), ("17:00", "b"), ("18:00", "a") })
        {
            await _lane.RunAsync(
                """
                insert into project_event (community_id, project_id, event_id, at, kind, text_key, is_automatic)
                values (@community, @project, gen_random_uuid(), ('2026-11-23 ' || @at || '+00')::timestamptz, 'Test', @key, true)
                """,
                new { community = Neighbourhood.Community, project = _lane.Project, at, key });
        }

        var lines = (await _lane.SendAsync(new GetTimeline(_lane.Resident(0), Neighbourhood.Community, _lane.Project, "Test", new PageRequest(1, 10)))).Require();

        Assert.Equal(4, lines.Total);
        Assert.Equal(["a 1 18:00", "b 1 17:00", "a 1 16:00", "a 2 15:59"], lines.Items.Select(line => $"{line.TextKey} {line.Times} {line.At.UtcDateTime:HH:mm}"));
    }

    [Fact]
    public async Task Resuming_moves_windows_that_were_still_ahead_and_tells_everybody()
    {
        await _lane.CarryOutAsync(new PublishNoticeCommand("Plan", "Plan", "", Neighbourhood.Monday, Neighbourhood.Monday.AddDays(7)), "v1");
        SuspendProject suspend = new(Leader, Neighbourhood.Community, _lane.Project, "Flood", new DateOnly(2026, 12, 1));
        Assert.Equal("project.resume-day-past", await _lane.RefusedAsync(suspend with { ResumeOn = new DateOnly(2026, 11, 23) }));
        Assert.Equal("project.reason-missing", await _lane.RefusedAsync(suspend with { Reason = " " }));

        (await _lane.SendAsync(suspend)).Require();
        Assert.Equal("project.not-running", await _lane.RefusedAsync(suspend));
        Assert.True(await _lane.QueryAsync<bool>("select paused_at is not null from workflow_instance"));
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(3));
        (await _lane.SendAsync(new ResumeProject(Leader, Neighbourhood.Community, _lane.Project))).Require();

        var moved = await _lane.QueryAsync<double>("select extract(epoch from closes_at - @was) / 86400 from notice", new { was = Neighbourhood.Monday.AddDays(7).UtcDateTime });
        Assert.InRange(moved, 3, 3.01);
        Assert.Equal("Submitted", await _lane.QueryAsync<string>("select state from project"));
        Assert.Equal(20, await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key in ('project.message.suspended', 'project.message.resumed')"));
        Assert.Equal("project.not-suspended", await _lane.RefusedAsync(new ResumeProject(Leader, Neighbourhood.Community, _lane.Project)));
    }

    [Fact]
    public async Task A_period_fixed_by_law_runs_on_while_the_project_is_suspended()
    {
        var closes = Neighbourhood.Monday.AddDays(7);
        await _lane.CarryOutAsync(new PublishNoticeCommand("Result", "Result", "", Neighbourhood.Monday, closes, IsLegalPeriod: true), "v1");
        await _lane.RunAsync(
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select community_id, instance_id, b, 'close', 'a', 't', b, 'h', council_now() from workflow_instance, unnest(array['legal', 'other']) b;
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up, is_fixed)
            select community_id, instance_id, bookmark_id, @closes, @closes, 'Once', bookmark_id = 'legal' from workflow_bookmark where bookmark_id in ('legal', 'other')
            """,
            new { closes });
        (await _lane.SendAsync(new SuspendProject(Leader, Neighbourhood.Community, _lane.Project, "Flood", new DateOnly(2026, 12, 1)))).Require();
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(3));
        (await _lane.SendAsync(new ResumeProject(Leader, Neighbourhood.Community, _lane.Project))).Require();

        Assert.Equal(closes.UtcDateTime, await _lane.QueryAsync<DateTime>("select closes_at from notice"));
        Assert.Equal(closes.UtcDateTime, await _lane.QueryAsync<DateTime>("select due_at from workflow_timer where bookmark_id = 'legal'"));
        Assert.InRange(await _lane.QueryAsync<double>("select extract(epoch from due_at - @closes) / 86400 from workflow_timer where bookmark_id = 'other'", new { closes = closes.UtcDateTime }), 3, 3.01);
    }

    [Fact]
    public async Task A_suspended_project_goes_on_by_itself_when_its_day_begins()
    {
        (await _lane.SendAsync(new SuspendProject(Leader, Neighbourhood.Community, _lane.Project, "Flood", new DateOnly(2026, 12, 1)))).Require();
        await _lane.Database.SetCouncilTimeAsync(new DateTimeOffset(2026, 11, 30, 15, 59, 50, TimeSpan.Zero)); // 23:59:50 of the day before, in Shanghai
        Assert.False(await _lane.RunDueAsync());
        Assert.Equal("Suspended", await _lane.QueryAsync<string>("select state from project"));

        await _lane.Database.SetCouncilTimeAsync(new DateTimeOffset(2026, 11, 30, 16, 0, 0, TimeSpan.Zero));
        Assert.True(await _lane.RunDueAsync());
        Assert.False(await _lane.RunDueAsync());

        Assert.Equal("Submitted", await _lane.QueryAsync<string>("select state from project"));
        Assert.Equal("System", await _lane.QueryAsync<string>("select actor_kind from audit_entry where action = 'ResumeProject'"));
        Assert.Equal(10, await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'project.message.resumed'"));
    }

    [Fact]
    public async Task A_project_is_not_closed_without_somebody_who_keeps_it()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _lane.CarryOutAsync(new CloseProjectCommand(), "v1"));
        await _lane.CarryOutAsync(new CreateTaskCommand("Task", "GroupLeader", "Upkeep", "", ["Done"], Fields("upkeepOwner", "text", "reviewOn", "date"), 1, Neighbourhood.Monday), "v2");
        var task = new TaskId(await _lane.QueryAsync<Guid>("select task_id from work_task"));
        JsonObject data = new() { ["upkeepOwner"] = "Committee", ["reviewOn"] = "2027-03-01" };
        (await _lane.SendAsync(new CompleteTask(Leader, Neighbourhood.Community, task, "Done", data))).Require();
        await _lane.CarryOutAsync(new PublishOutcomeCommand("New lane"), "v3");

        await _lane.CarryOutAsync(new CloseProjectCommand(), "v4");

        var archive = (await _lane.SendAsync(new GetArchive(_lane.Resident(0), Neighbourhood.Community, _lane.Project))).Require();
        Assert.True(archive.IsUnchanged);
        foreach (var (at, isDue) in new[] { ("2027-03-01T15:59:00Z", true), ("2027-03-01T16:00:00Z", false) }) // the review's day in Shanghai, and the day after
        {
            await _lane.Database.SetCouncilTimeAsync(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
            Assert.Equal(isDue, (await _lane.SendAsync(new GetOutcome(_lane.Resident(0), Neighbourhood.Community, _lane.Project))).Require().IsReviewAhead);
        }

        await _lane.RunAsync("update outcome set story = 'Rewritten'");
        Assert.False((await _lane.SendAsync(new GetArchive(_lane.Resident(0), Neighbourhood.Community, _lane.Project))).Require().IsUnchanged);
    }

    [Fact]
    public async Task A_template_changed_meanwhile_is_not_overwritten_and_bounds_hold()
    {
        await _lane.RunAsync(
            "insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('park-1', 'park', 1, 'Park', @template::jsonb, '', true, true)",
            new { template = Template });
        UpdateTemplateParameters Change(string name, int value, int expected = 1) =>
            new(Admin, Neighbourhood.Community, "park", expected, new Dictionary<string, JsonNode?> { [name] = value }, "Smaller");

        Assert.Equal("template.input-odd", await _lane.RefusedAsync(Change("Seats", 4)));
        Assert.Equal("template.input-range", await _lane.RefusedAsync(Change("Seats", 13)));
        Assert.Equal("template.below-legal-minimum", await _lane.RefusedAsync(Change("Notice", 6)));
        Assert.Equal("template.input-unknown", await _lane.RefusedAsync(Change("Colour", 6)));
        Assert.Equal("access.not-allowed", await _lane.RefusedAsync(Change("Seats", 7) with { Caller = Leader }));
        Assert.Equal(2, (await _lane.SendAsync(Change("Seats", 7))).Require());
        Assert.Equal("template.changed-meanwhile", await _lane.RefusedAsync(Change("Seats", 9)));

        var template = Assert.Single((await _lane.SendAsync(new ListTemplates(Admin, Neighbourhood.Community))).Require());
        Assert.Equal((2, 7), (template.Version, template.Inputs[0].Default!.GetValue<int>()));
    }

    [Fact]
    public async Task A_draft_keeps_its_parts_and_refuses_a_stale_save()
    {
        var draft = (await _lane.SendAsync(new SaveDraft(Leader, Neighbourhood.Community, null, LaunchParts.Template, new JsonObject { ["templateId"] = "park" }, 0))).Require();
        SaveDraft what = new(Leader, Neighbourhood.Community, draft.DraftId, LaunchParts.What, new JsonObject { ["title"] = "Green" }, draft.Version);
        (await _lane.SendAsync(what)).Require();
        Assert.Equal("project.draft-changed", await _lane.RefusedAsync(what));

        var stored = (await _lane.SendAsync(new GetDraft(Leader, Neighbourhood.Community, draft.DraftId))).Require();

        Assert.Equal(("park", "Green", false), (stored.TemplateId, stored.ToForm().Title, stored.IsComplete));
    }

    [Fact]
    public async Task A_timer_fired_by_hand_keeps_its_original_instant_and_says_why_it_waits()
    {
        var instance = await _lane.QueryAsync<Guid>("select instance_id from workflow_instance");
        await _lane.RunAsync(
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            values (1, @instance, 'b', 'close', 'a', 't', 'v', '', now());
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up) values (1, @instance, 'b', '2026-12-24', '2026-12-24', 'Once');
            """,
            new { instance });
        FireTimer fire = new(Admin, Neighbourhood.Community, instance, "b", "Rehearsal");
        Assert.Equal("timer.reason-missing", await _lane.RefusedAsync(fire with { Reason = "" }));
        (await _lane.SendAsync(fire)).Require();

        var page = (await _lane.SendAsync(new ListTimers(Admin, Neighbourhood.Community, "en"))).Require();

        var timer = Assert.Single(page.Overdue);
        Assert.Equal(("timer.why.no-node", 24), (timer.WhyNotFired, timer.OriginalDueAt.Day));

        await _lane.RunAsync("insert into node (node_id, host, version) values (gen_random_uuid(), 'a', '1')");
        Assert.Equal("timer.why.queued", await WhyAsync());
        await _lane.RunAsync("update workflow_timer set catch_up = 'Skip', due_at = council_now() - interval '25 hours'");
        Assert.Equal("timer.why.too-late", await WhyAsync());
        await _lane.RunAsync("update workflow_timer set attempts = 1, retry_at = clock_timestamp() + interval '1 minute'");
        Assert.Equal("timer.why.retrying", await WhyAsync());
        await _lane.RunAsync("update workflow_instance set paused_at = council_now()");
        Assert.Equal("timer.why.paused", await WhyAsync());
        await _lane.RunAsync("update workflow_timer set parked_at = clock_timestamp()");
        Assert.Equal("timer.why.parked", await WhyAsync());
        await _lane.RunAsync("update workflow_timer set held_at = council_now(), held_because = 'x'");
        Assert.Equal("timer.why.held", await WhyAsync());

        async Task<string?> WhyAsync() => Assert.Single((await _lane.SendAsync(new ListTimers(Admin, Neighbourhood.Community, "en"))).Require().Overdue).WhyNotFired;
    }

    [Fact]
    public async Task Timers_after_the_next_24_hours_are_listed_soonest_first_up_to_a_bound()
    {
        var instance = await _lane.QueryAsync<Guid>("select instance_id from workflow_instance");
        await _lane.RunAsync(
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select 1, @instance, 'b' || n, 'close', 'a', 't', 'v' || n, '', now() from generate_series(0, 51) n;
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select 1, @instance, 'b' || n, at, at, 'Once' from (select n, council_now() + interval '23 hours' + n * interval '2 hours' as at from generate_series(0, 51) n) timers;
            """,
            new { instance });

        var page = (await _lane.SendAsync(new ListTimers(Admin, Neighbourhood.Community, "en"))).Require();

        Assert.Equal("b0", Assert.Single(page.NextDay).BookmarkId);
        Assert.Equal(Enumerable.Range(1, TimersPage.MostLater).Select(n => $"b{n}"), page.Later.Select(timer => timer.BookmarkId));
    }

    private static JsonObject Fields(params string[] namesAndTypes) => new()
    {
        ["fields"] = new JsonArray([.. namesAndTypes.Chunk(2).Select(pair => (JsonNode)new JsonObject { ["name"] = pair[0], ["type"] = pair[1], ["required"] = true })]),
    };
}
