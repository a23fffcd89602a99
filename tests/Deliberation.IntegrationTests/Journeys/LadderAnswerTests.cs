using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>The ladder on the timers of a real workflow: it stops for who acts a second before, and goes on from what the level above answered.</summary>
public sealed partial class LadderAnswerTests(TestApp app) : IClassFixture<TestApp>
{
    private const string Ask = """{"id":"ask","type":"Deliberation.AssignTask","post":"GroupLeader","title":"Mend the gate","dueWorkingDays":3}""";

    private static readonly CommunityId Community = new(1);

    [Fact]
    [Mechanism("M4.21", Page = "/staff/tasks/{id}")]
    public async Task Acting_one_second_before_a_rung_stops_the_ladder()
    {
        var (task, dueAt) = await StartAsync("acts-in-time");
        var rung = WorkingCalendar.China.AddWorkingDays(dueAt, 1);
        await app.AdvanceToAsync(rung.AddSeconds(-1));
        (await app.SendAsync(new CompleteTask(await HolderAsync("GroupLeader"), Community, task, "Done", []))).Require();

        await app.AdvanceToAsync(rung.AddDays(20));

        (await ClimbedAsync(task)).ShouldBe([]);
    }

    [Fact]
    [Mechanism("M4.21", Page = "/staff/tasks/{id}")]
    public async Task Extended_then_given_back_it_climbs_on_from_where_it_was()
    {
        var calendar = WorkingCalendar.China;
        var (task, dueAt) = await StartAsync("climbs-on");
        await app.AdvanceToAsync(calendar.AddWorkingDays(dueAt, 1));
        (await ClimbedAsync(task)).ShouldBe(["Community"]);

        var until = calendar.DayOf(await app.Database.CouncilNowAsync()).AddDays(1);
        (await app.SendAsync(new ExtendTask(await HolderAsync("Community"), Community, task, until, "Parts are late"))).Require();
        dueAt = calendar.At(until, new TimeOnly(18, 0));
        await app.AdvanceToAsync(calendar.AddWorkingDays(dueAt, 1).AddMinutes(-1));
        (await ClimbedAsync(task)).ShouldBe(["Community"], "the old rungs are gone");
        await app.AdvanceToAsync(calendar.AddWorkingDays(dueAt, 1));
        (await ClimbedAsync(task)).ShouldBe(["Community", "Subdistrict"]);

        (await app.SendAsync(new ReturnTask(await HolderAsync("Subdistrict"), Community, task, "Ask the maker of the gate"))).Require();
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var again = await connection.QuerySingleAsync<DateTime>("select due_at from work_task where task_id = @task", new { task = task.Value });
        await app.AdvanceToAsync(calendar.AddWorkingDays(new DateTimeOffset(again, TimeSpan.Zero), 1).AddMinutes(-1));
        (await ClimbedAsync(task)).ShouldBe(["Community", "Subdistrict"]);
        await app.AdvanceAsync(TimeSpan.FromMinutes(1));
        (await ClimbedAsync(task)).ShouldBe(["Community", "Subdistrict", "District"]);
        (await app.SendAsync(new CompleteTask(await HolderAsync("GroupLeader"), Community, task, "Done", []))).Require();
    }

    private async Task<(TaskId Task, DateTimeOffset DueAt)> StartAsync(string name)
    {
        var instance = await app.StartAsync(await app.ProjectAsync(), name, Ask);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var (task, dueAt) = await connection.QuerySingleAsync<(Guid, DateTime)>("select task_id, due_at from work_task where instance_id = @instance", new { instance });
        return (new TaskId(task), new DateTimeOffset(dueAt, TimeSpan.Zero));
    }

    private async Task<IEnumerable<string>> ClimbedAsync(TaskId task)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QueryAsync<string>("select to_post from work_task_event where task_id = @task and kind = 'Escalated' order by at", new { task = task.Value });
    }

    private Task<Caller> HolderAsync(string post) => app.HolderAsync(post);
}
