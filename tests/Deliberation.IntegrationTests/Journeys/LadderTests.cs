using Deliberation.Domain;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>A task that nobody does climbs from the person to the district, on the timers of its own workflow, and stops the moment somebody acts.</summary>
public sealed class LadderTests(TestApp app) : IClassFixture<TestApp>, IDisposable
{
    private static readonly string[] Ladder = ["GroupLeader", "Community", "Subdistrict", "District"];
    private readonly ProjectPlayer _player = new(app, new CommunityId(1));

    [Fact]
    [Mechanism("M4.21", Page = "/staff/tasks/{id}")]
    public async Task Nobody_acts_and_each_level_hears_once_until_somebody_does()
    {
        await _player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await app.DrainAsync();
        var task = await _player.OneAsync<OpenWork>(
            "select task_id, due_at, post_code, outcomes from work_task where community_id = @community and state = 'Open' order by array_position(@ladder, first_post), due_at limit 1",
            new { ladder = Ladder }) ?? throw new InvalidOperationException("No task is open.");
        var rungs = Ladder[(Array.IndexOf(Ladder, task.PostCode) + 1)..];
        Assert.NotEmpty(rungs);

        await app.AdvanceToAsync(task.DueAt.AddDays(60));

        var calendar = WorkingCalendar.China;
        var climbed = await _player.RowsAsync<(string Post, DateTimeOffset At)>(
            "select to_post, at from work_task_event where community_id = @community and task_id = @TaskId and kind = 'Escalated' order by at", new { task.TaskId });
        Assert.Equal(rungs, climbed.Select(step => step.Post).Where(rungs.Contains));
        var expected = calendar.AddWorkingDays(task.DueAt, 1);
        foreach (var (step, place) in climbed.Select((step, place) => (step, place)))
        {
            Assert.InRange((step.At - expected).TotalMinutes, 0, 1);
            expected = calendar.AddWorkingDays(expected, place == 0 ? 3 : 5);
        }

        var messages = await _player.RowsAsync<(string TextKey, long Count)>(
            "select text_key, count(*) from outbox_message where community_id = @community and text_key like 'task.message.escalated-%' and link = @link group by 1 order by 1",
            new { link = $"/staff/tasks/{task.TaskId}" });
        Assert.All(messages, line => Assert.Equal(climbed.Count, line.Count)); // one up and one down a rung
        Assert.Equal(2, messages.Count);

        await DoAsync(task);
        await app.AdvanceAsync(TimeSpan.FromDays(60));
        Assert.Equal(climbed.Count, await _player.OneAsync<long>(
            "select count(*) from work_task_event where community_id = @community and task_id = @TaskId and kind = 'Escalated'", new { task.TaskId }));
    }

    public void Dispose() => _player.Dispose();

    /// <summary>Whoever it has climbed to takes it in hand.</summary>
    private async Task DoAsync(OpenWork task)
    {
        var post = (await _player.OneAsync<string>("select post_code from work_task where community_id = @community and task_id = @TaskId", new { task.TaskId }))!;
        var desk = await _player.People.HolderAsync(post);
        var page = await desk.ReadAsync($"/staff/tasks/{task.TaskId}");
        var form = page.Form("Complete");
        await CouncilPeople.ReadAsync(await desk.SubmitAsync(form, form.Button(task.Outcomes[^1])), "do the task");
        Assert.Equal("Done", await _player.OneAsync<string>("select state from work_task where community_id = @community and task_id = @TaskId", new { task.TaskId }));
    }

    private sealed record OpenWork(Guid TaskId, DateTimeOffset DueAt, string PostCode, string[] Outcomes);
}
