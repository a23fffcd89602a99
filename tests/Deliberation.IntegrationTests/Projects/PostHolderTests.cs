using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.PostHolders;
using Deliberation.Features.Tasks;
using Deliberation.Process.Tasks;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Projects;

/// <summary>Posts change hands, people go on leave; work stays with the post.</summary>
public sealed class PostHolderTests : IAsyncLifetime
{
    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    private Caller Admin => Neighbourhood.Staff(_lane.Officer) with { Kind = CallerKind.Admin };

    [Fact]
    [Mechanism("M1.2", Page = "/admin/posts")]
    public async Task A_successor_gets_all_open_tasks_of_the_post_and_what_was_done_keeps_the_predecessors_name()
    {
        await CreateAsync("v1");
        (await _lane.SendAsync(new CompleteTask(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, await TaskAsync("v1"), "Done", []))).Require();
        await CreateAsync("v2");
        await CreateAsync("v3");
        await _lane.RunAsync("update work_task set assigned_to = @leader where visit_id = 'v3'", new { leader = _lane.Leader.Value }); // named to him by a transfer
        ReplaceHolder replace = new(Admin, Neighbourhood.Community, "GroupLeader", _lane.Leader, _lane.Officer, "Retired");

        (await _lane.RefusedAsync(replace with { Caller = Neighbourhood.Staff(_lane.Leader) })).ShouldBe("access.not-allowed");
        (await _lane.RefusedAsync(replace with { Caller = Admin with { Communities = new HashSet<CommunityId> { new(2) } } })).ShouldBe("access.not-found");
        (await _lane.RefusedAsync(replace with { Post = "Nobody" })).ShouldBe("access.not-found");
        var stranger = Admin with { Communities = new HashSet<CommunityId> { new(2) } };
        (await _lane.RefusedAsync(new SetAbsence(stranger, Neighbourhood.Community, _lane.Leader, new DateOnly(2026, 11, 23), new DateOnly(2026, 11, 24)))).ShouldBe("access.not-found");
        (await _lane.RefusedAsync(replace with { Reason = " " })).ShouldBe("task.reason-missing");
        (await _lane.RefusedAsync(replace with { To = StaffId.New() })).ShouldBe("task.unknown-staff");
        (await _lane.RefusedAsync(replace with { From = null })).ShouldBe("post.holder-changed", "it is not vacant");
        (await _lane.RefusedAsync(replace with { To = _lane.Leader })).ShouldBe("post.holds-already");

        var answers = await Task.WhenAll(_lane.SendAsync(replace), _lane.SendAsync(replace with { To = _lane.Deputy }));
        answers.OfType<Result<int>.Accepted>().ShouldHaveSingleItem().Value.ShouldBe(2);
        answers.OfType<Result<int>.Refused>().ShouldHaveSingleItem().Reason.Code.ShouldBe("post.holder-changed");

        var successor = await _lane.QueryAsync<Guid>("select staff_id from acting_holder(1, council_now()) where post_code = 'GroupLeader' and not is_substitute");
        (await MineAsync(new StaffId(successor))).ShouldBe(2);
        (await MineAsync(_lane.Leader)).ShouldBe(0);
        (await _lane.QueryAsync<int>("select count(*)::int from work_task_event where kind = 'HandedOver' and from_staff = @leader and to_staff = @successor", new { leader = _lane.Leader.Value, successor })).ShouldBe(2);
        (await _lane.QueryAsync<Guid>("select completed_by from work_task where visit_id = 'v1'")).ShouldBe(_lane.Leader.Value);
        (await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'post.message.yours'")).ShouldBe(1);
    }

    [Fact]
    public async Task While_somebody_is_away_the_substitute_named_for_the_post_acts_and_only_then()
    {
        await CreateAsync("v1", "Inspector");
        (await _lane.SendAsync(new NameSubstitute(Admin, Neighbourhood.Community, "Inspector", _lane.Officer))).Require();
        (await _lane.RefusedAsync(new NameSubstitute(Admin, Neighbourhood.Community, "Inspector", _lane.Officer))).ShouldBe("post.holds-already");
        (await MineAsync(_lane.Officer)).ShouldBe(0);

        SetAbsence away = new(Admin, Neighbourhood.Community, _lane.Leader, new(2026, 11, 24), new(2026, 11, 25));
        (await _lane.RefusedAsync(away with { Until = new(2026, 11, 23) })).ShouldBe("post.absence-days");
        (await _lane.RefusedAsync(away with { From = new(2026, 11, 20), Until = new(2026, 11, 22) })).ShouldBe("post.absence-days", "it is over");
        (await _lane.RefusedAsync(away with { Until = new(2027, 11, 25) })).ShouldBe("post.absence-days", "more than a year");
        (await _lane.SendAsync(away)).Require();
        (await _lane.RefusedAsync(away with { From = new(2026, 11, 25), Until = new(2026, 12, 1) })).ShouldBe("post.absence-overlaps");
        (await _lane.SendAsync(away with { From = new(2026, 11, 26), Until = new(2026, 11, 26) })).Require();

        (await MineAsync(_lane.Officer)).ShouldBe(0, "still Monday");
        await _lane.Database.SetCouncilTimeAsync(Neighbourhood.Monday.AddDays(1));
        (await MineAsync(_lane.Officer)).ShouldBe(1);
        (await MineAsync(_lane.Leader)).ShouldBe(0);
        await _lane.Database.SetCouncilTimeAsync(Neighbourhood.Monday.AddDays(4));
        (await MineAsync(_lane.Officer)).ShouldBe(0);

        var page = (await _lane.SendAsync(new ListPosts(Admin, Neighbourhood.Community))).Require();
        page.Posts.Select(line => line.Post).ShouldBe(["GroupLeader", "Community", "Subdistrict", "Inspector", "Lawyer"]);
        page.Posts.Single(line => line.Post == "Inspector").Substitutes.ShouldBe(["Officer"]);
        page.Posts.Single(line => line.Post == "Community").HolderName.ShouldBeNull();
    }

    private Task CreateAsync(string visit, string post = "GroupLeader") =>
        _lane.CarryOutAsync(new CreateTaskCommand("Task", post, "Sweep", "", ["Done"], [], 1, Neighbourhood.Monday.AddDays(9)), visit);

    private async Task<TaskId> TaskAsync(string visit) => new(await _lane.QueryAsync<Guid>("select task_id from work_task where visit_id = @visit", new { visit }));

    private async Task<int> MineAsync(StaffId staff) => (await _lane.SendAsync(
        new ListInbox(Neighbourhood.Staff(staff), Neighbourhood.Community, InboxView.Mine, null, new PageRequest(1)))).Require().Tasks.Total;
}
