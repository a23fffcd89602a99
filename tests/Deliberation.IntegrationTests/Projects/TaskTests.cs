using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Outcomes;
using Deliberation.Features.Payments;
using Deliberation.Features.Tasks;
using Deliberation.Process.Tasks;
using Xunit;

namespace Deliberation.IntegrationTests.Projects;

public sealed class TaskTests : IAsyncLifetime
{
    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    private static CreateTaskCommand Work(string post, string kind = "Task", string title = "Sweep", JsonObject? form = null) =>
        new(kind, post, title, "", kind == "Checkpoint" ? ["Passed", "Defects"] : ["Done", "Declined"], form ?? [], 1, Neighbourhood.Monday.AddDays(2));

    private async Task<TaskId> CreateAsync(CreateTaskCommand command, string visit = "v1")
    {
        await _lane.CarryOutAsync(command, visit);
        return new TaskId(await _lane.QueryAsync<Guid>("select task_id from work_task where visit_id = @visit", new { visit }));
    }

    private CompleteTask Complete(TaskId task, StaffId by, string outcome = "Done", JsonObject? data = null) =>
        new(Neighbourhood.Staff(by), Neighbourhood.Community, task, outcome, data ?? []);

    [Fact]
    public async Task The_holder_of_the_post_does_it_and_the_workflow_hears()
    {
        var task = await CreateAsync(Work("GroupLeader"));

        (await _lane.SendAsync(Complete(task, _lane.Leader))).Require();

        Assert.Equal("Done", (await _lane.EventAsync("v1", "completed"))?["outcome"]?.ToString());
        Assert.Equal("task.not-open", await _lane.RefusedAsync(Complete(task, _lane.Leader)));
    }

    [Fact]
    public async Task Somebody_elses_task_is_refused_and_so_is_an_outcome_it_does_not_have()
    {
        var task = await CreateAsync(Work("GroupLeader"));

        Assert.Equal("task.not-yours", await _lane.RefusedAsync(Complete(task, _lane.Officer)));
        Assert.Equal("task.unknown-outcome", await _lane.RefusedAsync(Complete(task, _lane.Leader, "Maybe")));
        Assert.Null(await _lane.EventAsync("v1", "completed"));
    }

    [Fact]
    public async Task A_refused_form_names_its_field_and_changes_nothing()
    {
        var form = JsonNode.Parse("""{"fields":[{"name":"cost","type":"money","required":true}]}""")!.AsObject();
        var task = await CreateAsync(Work("GroupLeader", form: form));

        var missing = Assert.IsType<Result<Done>.Refused>(await _lane.SendAsync(Complete(task, _lane.Leader))).Reason;
        var broken = Assert.IsType<Result<Done>.Refused>(await _lane.SendAsync(Complete(task, _lane.Leader, data: new JsonObject { ["cost"] = 1.5m }))).Reason;

        Assert.Equal(("task.field-required", "cost"), (missing.Code, missing.Field));
        Assert.Equal(("task.field-invalid", "cost"), (broken.Code, broken.Field));
        Assert.Equal("Open", await _lane.QueryAsync<string>("select state from work_task"));
        (await _lane.SendAsync(Complete(task, _lane.Leader, "Declined"))).Require(); // who declines need not fill it in
    }

    [Fact]
    public async Task A_person_who_is_not_of_the_community_or_too_young_is_not_accepted_on_a_list()
    {
        var form = JsonNode.Parse("""{"fields":[{"name":"nominees","type":"residents","minimumAge":18,"required":true}]}""")!.AsObject();
        var task = await CreateAsync(Work("GroupLeader", form: form));
        await _lane.RunAsync("update resident set birth_year = 2009, full_name = 'Yu' where resident_id = @id", new { id = _lane.Homes[1].Resident.Value });
        await _lane.RunAsync("update resident set birth_year = 2008 where resident_id = @id", new { id = _lane.Homes[2].Resident.Value });

        var unknown = Assert.IsType<Result<Done>.Refused>(await _lane.SendAsync(Complete(task, _lane.Leader, data: Nominees(Guid.NewGuid())))).Reason;
        var young = Assert.IsType<Result<Done>.Refused>(await _lane.SendAsync(Complete(task, _lane.Leader, data: Nominees(_lane.Homes[0].Resident.Value, _lane.Homes[1].Resident.Value)))).Reason;

        Assert.Equal(("task.person-unknown", "nominees"), (unknown.Code, unknown.Field));
        Assert.Equal(("task.person-under-age", "nominees"), (young.Code, young.Field));
        Assert.Equal("Open", await _lane.QueryAsync<string>("select state from work_task"));
        (await _lane.SendAsync(Complete(task, _lane.Leader, data: Nominees(_lane.Homes[0].Resident.Value, _lane.Homes[2].Resident.Value)))).Require(); // 18 this year

        static JsonObject Nominees(params Guid[] ids) => new() { ["nominees"] = new JsonArray([.. ids.Select(id => (JsonNode)id.ToString())]) };
    }

    [Fact]
    public async Task While_the_holder_is_away_the_substitute_is_told_and_may_act()
    {
        await _lane.RunAsync(
            "insert into staff_absence values (1, @staff, '2026-11-01', '2026-12-01')", new { staff = _lane.Leader.Value });
        var task = await CreateAsync(Work("GroupLeader"));

        Assert.Equal(_lane.Deputy.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message"));
        Assert.Equal("task.not-yours", await _lane.RefusedAsync(Complete(task, _lane.Leader)));
        (await _lane.SendAsync(Complete(task, _lane.Deputy))).Require();
    }

    [Fact]
    public async Task Who_does_anothers_task_is_told_for_whom_and_it_stays_on_record()
    {
        var own = await CreateAsync(Work("GroupLeader"));
        Assert.Equal((true, false, null), await SeesAsync(own, _lane.Leader));
        Assert.Equal((false, false, null), await SeesAsync(own, _lane.Officer)); // who may not do it acts for nobody
        (await _lane.SendAsync(Complete(own, _lane.Leader))).Require();
        Assert.Equal(("task.timeline.completed", null), await DoneAsync(own));

        await _lane.RunAsync("insert into staff_absence values (1, @staff, '2026-11-01', '2026-12-01')", new { staff = _lane.Leader.Value });
        var others = await CreateAsync(Work("GroupLeader"), "v2");
        Assert.Equal((true, true, "Leader"), await SeesAsync(others, _lane.Deputy));
        (await _lane.SendAsync(Complete(others, _lane.Deputy))).Require();

        Assert.Equal(("task.timeline.completed-for", "GroupLeader"), await DoneAsync(others));
        Assert.Equal(
            $"GroupLeader {_lane.Leader}",
            await _lane.QueryAsync<string>(
                "select details ->> 'actedForPost' || ' ' || (details ->> 'actedForStaff') from audit_entry where subject = @subject and actor_id = @deputy",
                new { subject = $"task:{others}", deputy = _lane.Deputy.Value }));
    }

    [Fact]
    public async Task A_task_handed_to_a_colleague_is_his_own_and_its_posts_holder_then_acts_for_him()
    {
        var task = await CreateAsync(Work("GroupLeader"));
        (await _lane.SendAsync(new TransferTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, null, _lane.Officer, "Knows the site"))).Require();

        Assert.Equal((true, false, null), await SeesAsync(task, _lane.Officer));
        Assert.Equal((true, true, "Officer"), await SeesAsync(task, _lane.Leader));
    }

    [Fact]
    public async Task Work_of_a_vacant_post_climbs_at_once_with_that_reason()
    {
        await CreateAsync(Work("Community"));

        Assert.Equal("Subdistrict", await _lane.QueryAsync<string>("select post_code from work_task"));
        Assert.Equal("task.why.vacant", await _lane.QueryAsync<string>("select reason from work_task_event where kind = 'Escalated'"));
        Assert.Equal(_lane.Officer.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message"));
    }

    [Fact]
    public async Task A_rung_is_climbed_once_with_one_message_up_and_one_down()
    {
        await CreateAsync(Work("GroupLeader"));
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(3));

        await _lane.CarryOutAsync(new EscalateTaskCommand(1, "Subdistrict"), "v1");
        await _lane.CarryOutAsync(new EscalateTaskCommand(1, "Subdistrict"), "v1");

        Assert.Equal(1, await _lane.QueryAsync<int>("select count(*)::int from work_task_event where kind = 'Escalated'"));
        Assert.Equal(_lane.Officer.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'task.message.escalated-up'"));
        Assert.Equal(_lane.Leader.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'task.message.escalated-down'"));
        Assert.Equal(_lane.Leader.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'order.message.issued'")); // the top is reached: its order
        Assert.Equal(4, await _lane.QueryAsync<int>("select count(*)::int from outbox_message"));
    }

    [Fact]
    public async Task A_done_task_climbs_no_more()
    {
        var task = await CreateAsync(Work("GroupLeader"));
        (await _lane.SendAsync(Complete(task, _lane.Leader))).Require();
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(3));

        await _lane.CarryOutAsync(new EscalateTaskCommand(1, "Subdistrict"), "v1");

        Assert.Equal(0, await _lane.QueryAsync<int>("select rung from work_task"));
    }

    [Fact]
    public async Task A_transferred_task_belongs_to_the_named_colleague()
    {
        var task = await CreateAsync(Work("GroupLeader"));
        TransferTask transfer = new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, null, _lane.Officer, "Knows the site");

        (await _lane.SendAsync(transfer)).Require();

        var inbox = (await _lane.SendAsync(new ListInbox(Neighbourhood.Staff(_lane.Officer), Neighbourhood.Community, InboxView.Mine, null, new PageRequest(1)))).Require();
        Assert.Equal("task.reason.transferred", Assert.Single(inbox.Tasks.Items).Why);
        Assert.Equal(_lane.Officer.Value, await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'task.message.transferred'"));
    }

    [Fact]
    public async Task The_inbox_says_because_of_your_post_only_of_what_it_also_calls_mine()
    {
        await CreateAsync(Work("GroupLeader"));
        Assert.Equal(("", "task.reason.elsewhere"), await InboxAsync(_lane.Deputy)); // a substitute, while the holder is there
        Assert.Equal(("task.reason.post", "task.reason.post"), await InboxAsync(_lane.Leader));
        Assert.Equal(("", "task.reason.community"), await InboxAsync(_lane.Officer));

        await _lane.RunAsync(
            "insert into staff_absence (community_id, staff_id, absent_from, absent_until) values (1, @leader, '2020-01-01', '2100-01-01')", new { leader = _lane.Leader.Value });
        Assert.Equal(("task.reason.post", "task.reason.post"), await InboxAsync(_lane.Deputy));
        Assert.Equal(("", "task.reason.elsewhere"), await InboxAsync(_lane.Leader));

        async Task<(string Mine, string Community)> InboxAsync(StaffId staff) => (await WhyAsync(staff, InboxView.Mine), await WhyAsync(staff, InboxView.Community));

        async Task<string> WhyAsync(StaffId staff, InboxView view) => string.Join(' ', (await _lane.SendAsync(
            new ListInbox(Neighbourhood.Staff(staff), Neighbourhood.Community, view, null, new PageRequest(1)))).Require().Tasks.Items.Select(line => line.Why));
    }

    [Fact]
    public async Task Urging_is_once_a_day()
    {
        var task = await CreateAsync(Work("GroupLeader"));
        UrgeTask urge = new(Neighbourhood.Staff(_lane.Officer), Neighbourhood.Community, task, "Rain is coming");

        (await _lane.SendAsync(urge)).Require();
        Assert.Equal("task.urged-today", await _lane.RefusedAsync(urge));
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(1));
        (await _lane.SendAsync(urge)).Require();
    }

    [Fact]
    public async Task The_inbox_puts_the_overdue_first()
    {
        await CreateAsync(Work("GroupLeader", title: "Later") with { DueAt = Neighbourhood.Monday.AddDays(9) }, "v2");
        await CreateAsync(Work("GroupLeader", title: "Sooner"), "v1");
        await _lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(3));

        var inbox = (await _lane.SendAsync(new ListInbox(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, InboxView.MyPosts, null, new PageRequest(1)))).Require();

        Assert.Equal(["Sooner", "Later"], inbox.Tasks.Items.Select(line => line.Title));
        Assert.Equal([true, false], inbox.Tasks.Items.Select(line => line.IsOverdue));
        Assert.Equal(1, inbox.Overdue);
    }

    [Fact]
    public async Task A_payment_waits_for_its_checkpoint()
    {
        var staff = Neighbourhood.Staff(_lane.Leader);
        (await _lane.SendAsync(new PlanPayment(staff, Neighbourhood.Community, _lane.Project, 2, "Second", "Builder", 100, "pipes"))).Require();
        RecordPayment pay = new(staff, Neighbourhood.Community, _lane.Project, 2, "V-1");

        Assert.Equal("payment.checkpoint-unsigned", await _lane.RefusedAsync(pay)); // nobody has asked yet
        var task = await CreateAsync(Work("Inspector", "Checkpoint", "Sign: pipes"));
        Assert.Equal("payment.checkpoint-unsigned", await _lane.RefusedAsync(pay));
        (await _lane.SendAsync(Complete(task, _lane.Leader, "Defects"))).Require();
        Assert.Equal("payment.checkpoint-unsigned", await _lane.RefusedAsync(pay));
        var again = await CreateAsync(Work("Inspector", "Checkpoint", "Sign: pipes"), "v2");
        (await _lane.SendAsync(Complete(again, _lane.Leader, "Passed"))).Require();

        (await _lane.SendAsync(pay)).Require();
        Assert.Equal("payment.already-paid", await _lane.RefusedAsync(pay));
    }

    [Theory]
    [InlineData("InShare", "accepted", "accepted")]
    [InlineData("Suspended", "project.not-running", "accepted")] // money that was sent is still put on record
    [InlineData("Closed", "project.over", "project.over")]
    [InlineData("Cancelled", "project.over", "project.over")]
    public async Task Nothing_is_written_to_a_project_that_has_ended(string state, string written, string paid)
    {
        var staff = Neighbourhood.Staff(_lane.Leader);
        PlanPayment plan = new(staff, Neighbourhood.Community, _lane.Project, 1, "First", "Builder", 100, null);
        (await _lane.SendAsync(plan)).Require();
        await _lane.RunAsync("update project set state = @state", new { state });

        Assert.Equal(written, CodeOf(await _lane.SendAsync(plan)));
        Assert.Equal(written, CodeOf(await _lane.SendAsync(new EditOutcome(staff, Neighbourhood.Community, _lane.Project, "Title", "", "", 0, 0, null, null))));
        Assert.Equal(paid, CodeOf(await _lane.SendAsync(new RecordPayment(staff, Neighbourhood.Community, _lane.Project, 1, "V-1"))));

        static string CodeOf(Result<Done> answer) => answer is Result<Done>.Refused { Reason: var reason } ? reason.Code : "accepted";
    }

    /// <summary>Whether the reader may do it, for another, and for whom.</summary>
    private async Task<(bool MayComplete, bool ActsForAnother, string? OwnedBy)> SeesAsync(TaskId task, StaffId reader)
    {
        var page = (await _lane.SendAsync(new GetTask(Neighbourhood.Staff(reader), Neighbourhood.Community, task))).Require();
        return (page.MayComplete, page.ActsForAnother, page.OwnedBy);
    }

    /// <summary>The timeline's text and, in the task's history, the post acted for.</summary>
    private async Task<(string TextKey, string? Post)> DoneAsync(TaskId task) => (
        await _lane.QueryAsync<string>("select text_key from project_event where text_key like 'task.timeline.completed%' order by event_id desc limit 1"),
        await _lane.QueryAsync<string?>("select from_post from work_task_event where kind = 'Done' and task_id = @task", new { task = task.Value }));

    [Fact]
    public async Task Another_communitys_task_is_absent()
    {
        var task = await CreateAsync(Work("GroupLeader"));
        var stranger = Neighbourhood.Staff(_lane.Leader) with { Communities = new HashSet<CommunityId> { new(2) } };

        Assert.Equal("access.not-found", await _lane.RefusedAsync(new CompleteTask(stranger, Neighbourhood.Community, task, "Done", [])));
        Assert.Equal("access.not-found", await _lane.RefusedAsync(new CompleteTask(stranger, new CommunityId(2), task, "Done", [])));
    }
}
