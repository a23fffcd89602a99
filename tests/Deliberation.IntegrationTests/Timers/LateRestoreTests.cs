using Dapper;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>A backup that is restored late (reliability.md P14): what came due meanwhile happens once each and in order, with how late; reminders whose day has gone do not.</summary>
public sealed class LateRestoreTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task After_ten_days_escalations_climb_once_each_and_old_reminders_are_dropped()
    {
        await app.Database.SetCouncilTimeAsync(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero)); // Monday, 09:00 in Shanghai
        var task = await app.StartAsync(await app.ProjectAsync(), "late-task", """{"id":"t","type":"Deliberation.AssignTask","post":"GroupLeader","title":"Lamp","dueDays":2}""");
        var series = await app.StartRootAsync(await app.ProjectAsync(), "late-series", """{"id":"w","type":"Elsa.While","condition":true,"body":{"id":"d","type":"Elsa.Timer","interval":"1.00:00:00","catchUp":"Each"} }""");

        await app.Database.AdvanceCouncilTimeAsync(TimeSpan.FromDays(10) + TimeSpan.FromHours(1));
        await app.DrainAsync();

        await using var connection = await app.DataSource.OpenConnectionAsync();
        var fired = (await connection.QueryAsync<(string Name, string Outcome, DateTime DueAt, long LatenessMs)>(
            "select name, outcome, due_at, lateness_ms from workflow_timer_log where instance_id = @task order by log_id", new { task })).AsList();
        Assert.Contains(fired, timer => timer is { Name: "reminder", Outcome: "Skipped" });
        Assert.DoesNotContain(fired, timer => timer.Name == "reminder" && timer.Outcome == "Fired" && timer.LatenessMs > TimeSpan.FromDays(1).TotalMilliseconds);
        Assert.Contains(fired, timer => timer is { Name: "ladder", Outcome: "Fired" } && timer.LatenessMs > TimeSpan.FromDays(1).TotalMilliseconds);
        Assert.DoesNotContain(fired, timer => timer is { Name: "ladder", Outcome: "Skipped" });
        Assert.Equal(fired.Where(timer => timer.Name == "ladder").Select(timer => timer.DueAt).Order(), fired.Where(timer => timer.Name == "ladder").Select(timer => timer.DueAt));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(day => 24L * (9 - day) + 1),
            await connection.QueryAsync<long>("select lateness_ms / 3600000 from workflow_timer_log where instance_id = @series order by log_id", new { series }));
    }
}
