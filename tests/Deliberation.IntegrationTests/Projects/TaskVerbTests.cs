using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Process.Tasks;
using Shouldly;

namespace Deliberation.IntegrationTests.Projects;

/// <summary>What people do with a task besides doing it: give more time, give back, copy, urge; and how they find it.</summary>
public sealed class TaskVerbTests : IAsyncLifetime
{
    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    [Fact]
    public async Task Who_answers_for_a_late_task_extends_it_once_by_half_its_time_and_nobody_else_does()
    {
        var task = await CreateAsync(); // Monday 09:00 to Wednesday 09:00
        (await _lane.RefusedAsync(Extend(task, _lane.Officer, 27))).ShouldBe("task.not-escalated");
        await ClimbAsync();

        (await _lane.RefusedAsync(Extend(task, _lane.Leader, 27))).ShouldBe("task.not-yours", "the post below does not judge its own delay");
        (await _lane.RefusedAsync(Extend(task, _lane.Officer, 27) with { Reason = " " })).ShouldBe("task.reason-missing");
        (await _lane.RefusedAsync(Extend(task, _lane.Officer, 27) with { Reason = new string('x', 301) })).ShouldBe("task.reason-too-long");
        (await _lane.RefusedAsync(Extend(task, _lane.Officer, 25))).ShouldBe("task.extension-past");
        var tooLong = (await _lane.SendAsync(Extend(task, _lane.Officer, 28))).ShouldBeOfType<Result<Done>.Refused>().Reason;
        (tooLong.Code, tooLong.Field, tooLong.Values!["latest"]).ShouldBe(("task.extension-too-long", "Day", new DateOnly(2026, 11, 27)));

        (await _lane.SendAsync(Extend(task, _lane.Officer, 27))).Require(); // Friday, a day after Thursday
        var told = (await _lane.EventAsync("v1", "rescheduled"))!;
        (told["dueAt"]!.ToString(), (int)told["rung"]!).ShouldBe(("2026-11-27T10:00:00.0000000+00:00", 2), "the community's post is vacant, so two levels are behind it");
        (await _lane.QueryAsync<string>("select values ->> 'reason' from project_event where text_key = 'task.timeline.extended'")).ShouldBe("Rain");
        (await _lane.RefusedAsync(Extend(task, _lane.Officer, 27))).ShouldBe("task.extended-already");

        await _lane.CarryOutAsync(new EscalateTaskCommand(2, "Subdistrict"), "v1"); // a timer of the old instant, before the workflow has heard
        (await _lane.QueryAsync<int>("select rung from work_task")).ShouldBe(1);
    }

    [Fact]
    public async Task A_late_task_given_back_starts_over_below_and_its_next_lateness_one_level_higher()
    {
        var task = await CreateAsync();
        await ClimbAsync();
        ReturnTask give = new(Neighbourhood.Staff(_lane.Officer), Neighbourhood.Community, task, "Ask the water company first");
        (await _lane.RefusedAsync(give with { Caller = Neighbourhood.Staff(_lane.Leader) })).ShouldBe("task.not-yours");

        (await _lane.SendAsync(give)).Require();

        (await _lane.QueryAsync<string>("select post_code || rung || answered_rung from work_task")).ShouldBe("GroupLeader22");
        (await _lane.QueryAsync<DateTime>("select due_at from work_task")).ShouldBe(At(30, 18).UtcDateTime, "two days after Thursday is a Saturday");
        ((int)(await _lane.EventAsync("v1", "rescheduled"))!["rung"]!).ShouldBe(2);
        (await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'task.message.returned'")).ShouldBe(_lane.Leader.Value);
        (await _lane.RefusedAsync(give)).ShouldBe("task.not-yours", "it is the group leader's again");
    }

    [Fact]
    public async Task A_period_fixed_by_law_is_neither_extended_nor_started_over()
    {
        var filing = await CreateAsync("v1", kind: "Filing");
        await ClimbAsync();
        (await _lane.RefusedAsync(Extend(filing, _lane.Officer, 27))).ShouldBe("task.legal-period");
        (await _lane.RefusedAsync(new ReturnTask(Neighbourhood.Staff(_lane.Officer), Neighbourhood.Community, filing, "x"))).ShouldBe("task.legal-period");
    }

    [Fact]
    public async Task A_copied_task_stands_among_what_the_colleague_follows_and_an_urged_one_among_what_waits_for_others()
    {
        var task = await CreateAsync();
        CopyTask copy = new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, _lane.Officer, "For your report");
        (await _lane.RefusedAsync(copy with { Caller = Neighbourhood.Staff(_lane.Officer) })).ShouldBe("task.not-yours");
        (await _lane.RefusedAsync(copy with { ToStaff = StaffId.New() })).ShouldBe("task.unknown-staff");
        (await CountsAsync(_lane.Officer)).ShouldBe(new InboxCounts(Mine: 0, MyPosts: 0, Community: 1, Waiting: 0, Followed: 0));

        (await _lane.SendAsync(copy)).Require();
        (await _lane.RefusedAsync(copy)).ShouldBe("task.copied-already");
        (await _lane.SendAsync(new UrgeTask(Neighbourhood.Staff(_lane.Officer), Neighbourhood.Community, task, "Soon"))).Require();

        (await CountsAsync(_lane.Officer)).ShouldBe(new InboxCounts(Mine: 0, MyPosts: 0, Community: 1, Waiting: 1, Followed: 1));
        (await CountsAsync(_lane.Leader)).ShouldBe(new InboxCounts(Mine: 1, MyPosts: 1, Community: 1, Waiting: 0, Followed: 0));
        (await _lane.SendAsync(new GetTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task))).Require().Choices.Followers.ShouldBe(["Officer"]);
    }

    [Fact]
    public async Task The_filters_narrow_together_and_a_day_ends_at_midnight()
    {
        await CreateAsync("v1", title: "Mend the gate", due: At(25, 0));
        await CreateAsync("v2", title: "Paint 50% of it", kind: "Build", due: At(26, 10));
        await ClimbAsync("v1");

        (await TitlesAsync(new(DueFrom: new(2026, 11, 24), DueTo: new(2026, 11, 24)))).ShouldBe(["Mend the gate"], "24:00 belongs to the day that ends");
        (await TitlesAsync(new(DueFrom: new(2026, 11, 26)))).ShouldBe(["Paint 50% of it"]);
        (await TitlesAsync(new(Kind: "Build"))).ShouldBe(["Paint 50% of it"]);
        (await TitlesAsync(new(Post: "Subdistrict"))).ShouldBe(["Mend the gate"]);
        (await TitlesAsync(new(Text: " GATE "))).ShouldBe(["Mend the gate"]);
        (await TitlesAsync(new(Text: "0%"))).ShouldBe(["Paint 50% of it"], "what is typed is no pattern");
        (await TitlesAsync(new(IsUnanswered: true))).ShouldBe(["Mend the gate"]);
        (await TitlesAsync(new(IsOverdue: true, Kind: "Build"))).ShouldBe([]);
    }

    [Fact]
    public async Task A_list_is_urged_at_once_and_what_was_urged_today_is_passed_over()
    {
        var first = await CreateAsync("v1");
        await CreateAsync("v2");
        await CreateAsync("v3", post: "Subdistrict"); // the officer's own
        await CreateAsync("v4", form: new JsonObject { ["verbs"] = new JsonArray(TaskVerbs.Copy) }); // its step does not allow it
        var officer = Neighbourhood.Staff(_lane.Officer);
        (await _lane.SendAsync(new UrgeTask(officer, Neighbourhood.Community, first, "Soon"))).Require();
        UrgeTasks all = new(officer, Neighbourhood.Community, InboxView.Community, new InboxFilter(), "Before the holiday");

        (await _lane.RefusedAsync(all with { Reason = "" })).ShouldBe("task.reason-missing");
        (await _lane.SendAsync(all)).Require().ShouldBe(1);
        (await _lane.RefusedAsync(all)).ShouldBe("task.nothing-to-urge");
        (await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'task.message.urged'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_step_allows_what_it_names_and_no_verb_reaches_another_community_or_a_task_that_is_done()
    {
        var narrow = await CreateAsync("v1", form: new JsonObject { ["verbs"] = new JsonArray(TaskVerbs.Urge) });
        (await _lane.RefusedAsync(new CopyTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, narrow, _lane.Officer, "x"))).ShouldBe("task.verb-not-allowed");
        (await _lane.RefusedAsync(new TransferTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, narrow, null, _lane.Officer, "x"))).ShouldBe("task.verb-not-allowed");

        var task = await CreateAsync("v2");
        var stranger = Neighbourhood.Staff(_lane.Leader) with { Communities = new HashSet<CommunityId> { new(2) } };
        foreach (var (verb, _) in Verbs(stranger, task))
        {
            (await _lane.RefusedAsync(verb)).ShouldBe("access.not-found");
        }

        foreach (var community in new[] { Neighbourhood.Community, new CommunityId(2) })
        {
            (await _lane.RefusedAsync(new SignTask(stranger, community, task, true, ""))).ShouldBe("access.not-found");
            (await _lane.RefusedAsync(new RecallTask(stranger, community, task, "x"))).ShouldBe("access.not-found");
        }

        UrgeTasks all = new(stranger, Neighbourhood.Community, InboxView.Community, new InboxFilter(), "x");
        (await _lane.RefusedAsync(all)).ShouldBe("access.not-found");
        (await _lane.RefusedAsync(all with { Community = new CommunityId(2) })).ShouldBe("task.nothing-to-urge", "the others' tasks are not in its list");

        (await _lane.SendAsync(new CompleteTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, "Done", []))).Require();
        foreach (var (verb, name) in Verbs(Neighbourhood.Staff(_lane.Leader), task))
        {
            (await _lane.RefusedAsync(verb)).ShouldBe("task.not-open", name);
        }
    }

    [Fact]
    public async Task Of_two_who_do_a_task_at_once_one_does_it_and_the_other_is_told()
    {
        var task = await CreateAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _lane.SendAsync(new CompleteTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, "Done", []))));

        answers.OfType<Result<Done>.Accepted>().Count().ShouldBe(1);
        answers.OfType<Result<Done>.Refused>().ShouldHaveSingleItem().Reason.ShouldBe(Refusal.Conflict("task.not-open"));
        (await _lane.QueryAsync<int>("select count(*)::int from workflow_inbox")).ShouldBe(1);
    }

    private IEnumerable<(MediatR.IRequest<Result<Done>> Verb, string Name)> Verbs(Caller caller, TaskId task) =>
    [
        (new CopyTask(caller, Neighbourhood.Community, task, _lane.Officer, "x"), "copy"),
        (new TransferTask(caller, Neighbourhood.Community, task, null, _lane.Officer, "x"), "transfer"),
        (new UrgeTask(caller, Neighbourhood.Community, task, "x"), "urge"),
        (new ExtendTask(caller, Neighbourhood.Community, task, new DateOnly(2026, 11, 27), "x"), "extend"),
        (new ReturnTask(caller, Neighbourhood.Community, task, "x"), "return"),
    ];

    private static DateTimeOffset At(int day, int hour) => new DateTimeOffset(2026, 11, day, hour, 0, 0, TimeSpan.FromHours(8)).ToUniversalTime();

    private static ExtendTask Extend(TaskId task, StaffId by, int day) =>
        new(Neighbourhood.Staff(by), Neighbourhood.Community, task, new DateOnly(2026, 11, day), "Rain");

    private async Task<TaskId> CreateAsync(
        string visit = "v1", string kind = "Task", string title = "Sweep", string post = "GroupLeader", DateTimeOffset? due = null, JsonObject? form = null)
    {
        await _lane.CarryOutAsync(new CreateTaskCommand(kind, post, title, "", ["Done", "Declined"], form ?? [], 1, due ?? Neighbourhood.Monday.AddDays(2)), visit);
        return new TaskId(await _lane.QueryAsync<Guid>("select task_id from work_task where visit_id = @visit", new { visit }));
    }

    /// <summary>Thursday 09:00: a day late, it goes to the community; that post is vacant, so to the subdistrict.</summary>
    private async Task ClimbAsync(string visit = "v1")
    {
        await _lane.Database.SetCouncilTimeAsync(Neighbourhood.Monday.AddDays(3));
        await _lane.CarryOutAsync(new EscalateTaskCommand(1, "Community"), visit);
    }

    private async Task<InboxCounts> CountsAsync(StaffId staff) =>
        (await _lane.SendAsync(new ListInbox(Neighbourhood.Staff(staff), Neighbourhood.Community, InboxView.Mine, null, new PageRequest(1)))).Require().Counts;

    private async Task<IEnumerable<string>> TitlesAsync(InboxFilter filter) => (await _lane.SendAsync(
        new ListInbox(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, InboxView.Community, filter, new PageRequest(1)))).Require().Tasks.Items.Select(line => line.Title);
}
