using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Features.Timers;
using Deliberation.IntegrationTests.Projects;
using Xunit;

namespace Deliberation.IntegrationTests.Timers;

/// <content>A single timer held by an admin: its time stands still.</content>
public sealed partial class RescheduleTests
{
    [Fact]
    public async Task A_held_timer_keeps_the_time_it_had_left_and_says_who_why()
    {
        var (move, now) = await MoveAsync("held");
        (await lane.SendAsync(Hold(move))).Require();
        var line = (await ListAsync()).Held.Single(timer => timer.BookmarkId == "held");
        Assert.Equal(("Rain", now.AddHours(1)), (line.HeldBecause, line.DueAt));
        Assert.DoesNotContain((await ListAsync()).NextDay, timer => timer.BookmarkId == "held");

        await lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(5));
        Assert.Equal("timer.why.held", (await ListAsync()).Overdue.Single(timer => timer.BookmarkId == "held").WhyNotFired);
        (await lane.SendAsync(Release(move))).Require();

        line = (await ListAsync()).NextDay.Single(timer => timer.BookmarkId == "held");
        Assert.InRange(line.DueAt, now.AddHours(6), now.AddHours(6).AddSeconds(30));
        Assert.Equal((null, now.AddHours(1), "Sun"), (line.HeldAt, line.OriginalDueAt, line.MovedBecause));
        Assert.Equal("HoldTimer Rain, ReleaseTimer Sun", await lane.QueryAsync<string>(
            "select string_agg(action || ' ' || reason, ', ' order by entry_id) from audit_entry where details ->> 'bookmark' = 'held' and actor_id is not null"));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public async Task What_was_due_before_it_was_held_is_due_at_once_when_it_is_let_go_on(int dueSecondsAfterHold, bool isShifted)
    {
        var (move, now) = await MoveAsync($"late{dueSecondsAfterHold}");
        (await lane.SendAsync(Hold(move))).Require();
        await lane.RunAsync(
            "update workflow_timer set held_at = @now, due_at = @now + @after * interval '1 second' where bookmark_id = @BookmarkId", new { now, after = dueSecondsAfterHold, move.BookmarkId });
        (await lane.SendAsync(Release(move))).Require();
        Assert.Equal(isShifted, await lane.QueryAsync<bool>("select due_at > @now from workflow_timer where bookmark_id = @BookmarkId", new { now, move.BookmarkId }));
    }

    [Fact]
    public async Task A_suspension_in_between_is_not_counted_twice()
    {
        var (move, now) = await MoveAsync("both");
        (await lane.SendAsync(Hold(move))).Require();
        var leader = Neighbourhood.Staff(lane.Leader);
        (await lane.SendAsync(new SuspendProject(leader, Neighbourhood.Community, lane.Project, "Flood", new DateOnly(2027, 12, 1)))).Require();
        Assert.Equal("timer.paused", await lane.RefusedAsync(Release(move)));
        await lane.Database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(5));
        (await lane.SendAsync(new ResumeProject(leader, Neighbourhood.Community, lane.Project))).Require();
        (await lane.SendAsync(Release(move))).Require();
        Assert.InRange((await ListAsync()).NextDay.Single(timer => timer.BookmarkId == "both").DueAt, now.AddHours(6), now.AddHours(6).AddSeconds(30));
    }

    [Theory]
    [InlineData("hold-law", "close", "Elsa.Delay", true, "timer.fixed")]
    [InlineData("hold-window", "close", "Deliberation.OpenBallot", false, "timer.has-a-desk")]
    [InlineData("hold-ladder", "ladder", "Deliberation.AssignTask", false, null)]
    public async Task What_may_not_be_moved_may_not_be_held(string id, string name, string type, bool isFixed, string? refusal)
    {
        var (move, _) = await MoveAsync(id, name, type, isFixed);
        Assert.Equal(refusal, (await lane.SendAsync(Hold(move)) as Result<Done>.Refused)?.Reason.Code);
    }

    [Fact]
    public async Task A_held_timer_is_neither_fired_nor_moved_nor_held_again_and_only_an_admin_with_a_reason_lets_it_go_on()
    {
        var (move, now) = await MoveAsync("firm");
        Assert.Equal("timer.not-held", await lane.RefusedAsync(Release(move)));
        Assert.Equal("timer.reason-missing", await lane.RefusedAsync(Hold(move) with { Reason = " " }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(Hold(move) with { BookmarkId = "nowhere" }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(Hold(move) with { Community = new CommunityId(2) }));
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(Hold(move) with { Caller = Neighbourhood.Staff(lane.Leader) }));
        (await lane.SendAsync(Hold(move))).Require();

        Assert.Equal("timer.held", await lane.RefusedAsync(Hold(move)));
        Assert.Equal("timer.held", await lane.RefusedAsync(move with { To = now.AddDays(1) }));
        Assert.Equal("timer.held", await lane.RefusedAsync(new FireTimer(Admin, Neighbourhood.Community, move.InstanceId, move.BookmarkId, "Now")));
        Assert.Equal("timer.reason-missing", await lane.RefusedAsync(Release(move) with { Reason = "" }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(Release(move) with { Community = new CommunityId(2) }));
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(Release(move) with { Caller = Neighbourhood.Staff(lane.Leader) }));
    }

    private static HoldTimer Hold(RescheduleTimer move) => new(move.Caller, move.Community, move.InstanceId, move.BookmarkId, "Rain");

    private static ReleaseTimer Release(RescheduleTimer move) => new(move.Caller, move.Community, move.InstanceId, move.BookmarkId, "Sun");

    private async Task<TimersPage> ListAsync() => (await lane.SendAsync(new ListTimers(Admin, Neighbourhood.Community, "en"))).Require();
}
