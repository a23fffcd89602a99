using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Execution;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <content>Each guard by itself: between the look and the claim anything may change, so each of the two checks everything.</content>
public sealed partial class DueWorkTests
{
    [Theory]
    [InlineData("update workflow_timer set due_at = council_now() + interval '1 minute'")]
    [InlineData("update workflow_timer set parked_at = clock_timestamp()")]
    [InlineData("update workflow_timer set held_at = council_now(), held_because = 'x'")]
    [InlineData("update workflow_timer set retry_at = clock_timestamp() + interval '1 minute'")]
    [InlineData("update workflow_instance set paused_at = council_now()")]
    [InlineData("update workflow_instance set status = 'Finished', sub_status = 'Cancelled', finished_at = council_now()")]
    public async Task Neither_the_look_nor_the_claim_takes_a_timer_that_may_not_fire(string change)
    {
        var due = new DueInstance(Community, await AddInstanceAsync());
        await AddTimerAsync(due.InstanceId, "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        Assert.Equal([due], await connection.FindDueAsync(8, default));

        await ExecuteAsync(change);
        Assert.Empty(await connection.FindDueAsync(8, default));
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Null(await connection.ClaimAsync(due, default));
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData(null, "i:99")]
    public async Task Neither_takes_an_event_for_a_wait_with_another_key_or_of_another_visit(string? key, string? visit)
    {
        var due = new DueInstance(Community, await AddInstanceAsync());
        await AddBookmarkAsync(due.InstanceId, "b1");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.AddWorkflowEventAsync(new WorkflowEvent(Community, due.InstanceId, Guid.CreateVersion7(), visit, "b1", key, null, await connection.CouncilNowAsync()), default);

        Assert.Empty(await connection.FindDueAsync(8, default));
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Null(await connection.ClaimAsync(due, default));
    }

    [Fact]
    public async Task A_timer_that_was_moved_after_its_claim_is_not_consumed()
    {
        await AddTimerAsync(await AddInstanceAsync(), "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var due = await ClaimAnyAsync(connection);
        await connection.ExecuteAsync("update workflow_timer set due_at = due_at + interval '1 hour'");

        await Assert.ThrowsAsync<StaleInstanceException>(() => connection.SkipAsync(due!, default));
    }

    [Fact]
    public async Task A_step_whose_timer_is_gone_is_not_saved()
    {
        await AddTimerAsync(await AddInstanceAsync(), "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var due = (await ClaimAnyAsync(connection))!;
        await connection.ExecuteAsync("delete from workflow_timer");

        await Assert.ThrowsAsync<StaleInstanceException>(() => connection.SaveStepAsync(due.Instance, Step(WorkflowStatus.Running, WorkflowSubStatus.Suspended), due.Now, due, default));
    }

    [Fact]
    public async Task A_step_on_an_instance_that_was_saved_in_between_is_not_saved()
    {
        await AddTimerAsync(await AddInstanceAsync(), "b1", "interval '-1 minute'");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var due = (await ClaimAnyAsync(connection))!;
        await connection.ExecuteAsync("update workflow_instance set version = version + 1");

        await Assert.ThrowsAsync<StaleInstanceException>(() => connection.SaveStepAsync(due.Instance, Step(WorkflowStatus.Running, WorkflowSubStatus.Suspended), due.Now, due, default));
    }

    [Theory]
    [InlineData(WorkflowStatus.Finished, WorkflowSubStatus.Faulted, 1, 0)]
    [InlineData(WorkflowStatus.Finished, WorkflowSubStatus.Cancelled, 0, 0)]
    [InlineData(WorkflowStatus.Running, WorkflowSubStatus.Suspended, 1, 2)]
    public async Task An_instance_that_has_ended_waits_for_nothing_and_one_that_may_be_tried_again_keeps_its_events(WorkflowStatus status, WorkflowSubStatus subStatus, int events, int bookmarks)
    {
        var id = await AddInstanceAsync();
        await AddBookmarkAsync(id, "old");
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var now = await connection.CouncilNowAsync();
        await connection.AddWorkflowEventAsync(new WorkflowEvent(Community, id, Guid.CreateVersion7(), null, "early", null, null, now), default);
        var instance = (await connection.LockInstanceAsync(Community, id, default))!;
        await connection.SaveStepAsync(instance, Step(status, subStatus) with { AddedBookmarks = [new Bookmark($"{id}:b9", "new", null, "a", "t", "v", "h", null, now, CatchUp.Once)] }, now, null, default);

        Assert.Equal(
            (events, bookmarks),
            (await connection.ExecuteScalarAsync<int>("select count(*) from workflow_inbox"), await connection.ExecuteScalarAsync<int>("select count(*) from workflow_bookmark")));
    }

    private static Transition Step(WorkflowStatus status, WorkflowSubStatus subStatus) => new([], status, subStatus, [], null, null, [], [], [], [], []);
}
