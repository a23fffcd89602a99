using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Process.Tasks;
using Shouldly;

namespace Deliberation.IntegrationTests.Projects;

/// <summary>A colleague signs a task too: before, together with, or after the one who does it. The good outcome waits for all.</summary>
public sealed class SignerTests : IAsyncLifetime
{
    private readonly Neighbourhood _lane = new();

    public Task InitializeAsync() => _lane.InitializeAsync();

    public Task DisposeAsync() => _lane.DisposeAsync();

    [Fact]
    public async Task Who_signs_before_goes_first()
    {
        var task = await CreateAsync();
        var ask = Ask(task, SignerPlace.Before);
        (await _lane.RefusedAsync(ask with { ToStaff = _lane.Leader })).ShouldBe("task.unknown-staff", "nobody signs twice");
        (await _lane.RefusedAsync(ask with { Caller = Neighbourhood.Staff(_lane.Officer), ToStaff = _lane.Deputy })).ShouldBe("task.not-yours");
        (await _lane.SendAsync(ask)).Require();
        (await _lane.RefusedAsync(ask)).ShouldBe("task.signer-already");
        (await MineAsync(_lane.Officer)).ShouldBe(["task.reason.signer"]);

        (await _lane.RefusedAsync(Complete(task))).ShouldBe("task.signers-first");
        (await _lane.RefusedAsync(Sign(task, _lane.Deputy))).ShouldBe("task.not-a-signer");
        (await _lane.SendAsync(Sign(task, _lane.Officer))).Require();
        (await _lane.RefusedAsync(Sign(task, _lane.Officer))).ShouldBe("task.not-a-signer", "once is enough");
        (await _lane.SendAsync(Complete(task))).Require();
        (await StateAsync()).ShouldBe("Done");
    }

    [Theory]
    [InlineData(SignerPlace.Together)]
    [InlineData(SignerPlace.After)]
    public async Task What_was_decided_waits_until_all_have_signed_and_is_then_done_by_who_decided_it(SignerPlace place)
    {
        var task = await CreateAsync();
        (await _lane.SendAsync(Ask(task, place))).Require();
        if (place == SignerPlace.After)
        {
            (await MineAsync(_lane.Officer)).ShouldBe([]);
            (await _lane.RefusedAsync(Sign(task, _lane.Officer))).ShouldBe("task.signer-waits");
        }

        (await _lane.SendAsync(Complete(task))).Require();
        (await StateAsync()).ShouldBe("Open");
        (await _lane.EventAsync("v1", "completed")).ShouldBeNull();
        (await MineAsync(_lane.Leader)).ShouldBe([], "it waits for somebody else");
        (await MineAsync(_lane.Officer)).ShouldBe(["task.reason.signer"]);

        (await _lane.SendAsync(Sign(task, _lane.Officer))).Require();
        (await _lane.EventAsync("v1", "completed"))!["outcome"]!.ToString().ShouldBe("Done");
        (await _lane.QueryAsync<Guid>("select completed_by from work_task where state = 'Done'")).ShouldBe(_lane.Leader.Value);
    }

    [Fact]
    public async Task An_objection_opens_the_task_again_and_a_task_that_is_declined_needs_no_signature()
    {
        var task = await CreateAsync();
        (await _lane.SendAsync(Ask(task, SignerPlace.Together))).Require();
        (await _lane.SendAsync(Complete(task))).Require();
        (await _lane.RefusedAsync(Sign(task, _lane.Officer) with { Agrees = false })).ShouldBe("task.reason-missing");
        (await _lane.SendAsync(Sign(task, _lane.Officer) with { Agrees = false, Reason = "The sum is wrong" })).Require();

        (await MineAsync(_lane.Leader)).ShouldBe(["task.reason.post"]);
        (await _lane.QueryAsync<Guid>("select staff_id from outbox_message where text_key = 'task.message.objected'")).ShouldBe(_lane.Leader.Value);
        (await _lane.SendAsync(Complete(task))).Require();
        (await StateAsync()).ShouldBe("Open", "who objected has not signed");
        (await _lane.SendAsync(Complete(task) with { Outcome = "Declined" })).Require();
        (await StateAsync()).ShouldBe("Done");
        (await _lane.RefusedAsync(Ask(task, SignerPlace.Before))).ShouldBe("task.not-open");
    }

    private static CreateTaskCommand Work => new("Task", "GroupLeader", "Sweep", "", ["Done", "Declined"], [], 1, Neighbourhood.Monday.AddDays(2));

    private async Task<TaskId> CreateAsync()
    {
        await _lane.CarryOutAsync(Work, "v1");
        return new TaskId(await _lane.QueryAsync<Guid>("select task_id from work_task"));
    }

    private AddSigner Ask(TaskId task, SignerPlace place) => new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, _lane.Officer, place, "Two keys");

    private static SignTask Sign(TaskId task, StaffId by) => new(Neighbourhood.Staff(by), Neighbourhood.Community, task, true, "");

    private CompleteTask Complete(TaskId task) => new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, task, "Done", new JsonObject());

    private Task<string> StateAsync() => _lane.QueryAsync<string>("select state from work_task");

    private async Task<IEnumerable<string>> MineAsync(StaffId staff) => (await _lane.SendAsync(
        new ListInbox(Neighbourhood.Staff(staff), Neighbourhood.Community, InboxView.Mine, null, new PageRequest(1)))).Require().Tasks.Items.Select(line => line.Why);
}
