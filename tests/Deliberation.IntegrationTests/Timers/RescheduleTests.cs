using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Timers;
using Deliberation.IntegrationTests.Projects;
using Xunit;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>Who may move which timer to when, and what stays on record.</summary>
public sealed partial class RescheduleTests(Neighbourhood lane) : IClassFixture<Neighbourhood>
{
    private Caller Admin => Neighbourhood.Staff(lane.Leader) with { Kind = CallerKind.Admin };

    [Fact]
    public async Task A_timer_that_was_moved_fires_at_the_new_instant_keeps_the_old_one_and_says_why()
    {
        var (move, now) = await MoveAsync("moved", parked: true);

        (await lane.SendAsync(move with { To = now.AddDays(2) })).Require();

        var line = (await lane.SendAsync(new ListTimers(Admin, Neighbourhood.Community, "en"))).Require().Later.Single(timer => timer.BookmarkId == "moved");
        Assert.Equal((now.AddDays(2), now.AddHours(1), "Rain", 0), (line.DueAt, line.OriginalDueAt, line.MovedBecause, line.Attempts));
        Assert.False(await lane.QueryAsync<bool>("select parked_at is not null from workflow_timer where bookmark_id = 'moved'"));
        Assert.Equal(
            $"Rain {now.AddHours(1):yyyy-MM-ddTHH} {now.AddDays(2):yyyy-MM-ddTHH}",
            await lane.QueryAsync<string>("select reason || ' ' || left(details ->> 'from', 13) || ' ' || left(details ->> 'to', 13) from audit_entry where action = 'RescheduleTimer' and details ->> 'bookmark' = 'moved'"));
    }

    [Theory]
    [InlineData(0, "timer.not-ahead")]
    [InlineData(1_000, null)] // the clock runs while this asks: the least that is surely ahead
    public async Task Only_an_instant_ahead_will_do(int aheadSeconds, string? refusal)
    {
        var (move, now) = await MoveAsync($"ahead-{aheadSeconds}");
        var answer = await lane.SendAsync(move with { To = now.AddSeconds(aheadSeconds) });
        Assert.Equal(refusal, (answer as Result<Done>.Refused)?.Reason.Code);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, "timer.too-far")]
    public async Task Five_years_are_the_most(int daysMore, string? refusal)
    {
        var (move, now) = await MoveAsync($"far-{daysMore}");
        var answer = await lane.SendAsync(move with { To = now.AddYears(RescheduleTimer.MostYears).AddDays(daysMore) });
        Assert.Equal(refusal, (answer as Result<Done>.Refused)?.Reason.Code);
    }

    [Theory]
    [InlineData("law", "close", "Elsa.Delay", true, "timer.fixed")]
    [InlineData("window", "close", "Deliberation.OpenBallot", false, "timer.has-a-desk")]
    [InlineData("reminder", "reminder", "Deliberation.OpenBallot", false, null)]
    [InlineData("ladder", "ladder", "Deliberation.AssignTask", false, null)]
    [InlineData("wait", "Elsa.Delay", "Elsa.Delay", false, null)]
    public async Task What_people_were_told_and_what_the_law_fixes_is_not_moved_here(string id, string name, string type, bool isFixed, string? refusal)
    {
        var (move, now) = await MoveAsync(id, name, type, isFixed);
        var answer = await lane.SendAsync(move with { To = now.AddDays(1) });
        Assert.Equal(refusal, (answer as Result<Done>.Refused)?.Reason.Code);
    }

    [Fact]
    public async Task Without_a_reason_without_a_timer_by_others_and_in_a_suspended_project_nothing_moves()
    {
        var (move, now) = await MoveAsync("kept");
        move = move with { To = now.AddDays(1) };
        Assert.Equal("timer.reason-missing", await lane.RefusedAsync(move with { Reason = " " }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(move with { BookmarkId = "nowhere" }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(move with { InstanceId = Guid.Empty }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(move with { Community = new CommunityId(2) }));
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(move with { Caller = Neighbourhood.Staff(lane.Leader) }));

        await lane.RunAsync("update workflow_instance set paused_at = council_now()");
        Assert.Equal("timer.paused", await lane.RefusedAsync(move));
        await lane.RunAsync("update workflow_instance set paused_at = null");
        Assert.True(await lane.QueryAsync<bool>("select due_at = original_due_at and moved_because is null from workflow_timer where bookmark_id = 'kept'"));
    }

    /// <summary>A timer due in an hour, and the request that would move it.</summary>
    private async Task<(RescheduleTimer Move, DateTimeOffset Now)> MoveAsync(string bookmark, string name = "Elsa.Delay", string type = "Elsa.Delay", bool isFixed = false, bool parked = false)
    {
        var instance = await lane.QueryAsync<Guid>("select instance_id from workflow_instance");
        var now = await lane.Database.CouncilNowAsync();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)); // what the database keeps
        await lane.RunAsync(
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            values (1, @instance, @bookmark, @name, 'a', @type, @bookmark, '', @now);
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up, is_fixed, attempts, parked_at)
            values (1, @instance, @bookmark, @now + interval '1 hour', @now + interval '1 hour', 'Once', @isFixed, case when @parked then 8 else 0 end, case when @parked then clock_timestamp() end)
            """,
            new { instance, bookmark, name, type, isFixed, parked, now });
        return (new RescheduleTimer(Admin, Neighbourhood.Community, instance, bookmark, now, "Rain"), now);
    }
}
