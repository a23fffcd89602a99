using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Agendas;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Routines;
using Deliberation.Features.Tasks;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Process.Calendar;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>What reaches the top of the ladder is decided by the body there, and the decision goes back to the waiting step.</summary>
public sealed partial class LadderAnswerTests
{
    [Fact]
    [Mechanism("M2.18", Page = "/board/agenda")]
    public async Task At_the_top_it_is_an_item_of_the_upper_agenda_once_whose_decision_resumes_the_process()
    {
        var (task, dueAt) = await StartAsync("reaches-the-top");
        await ToTheTopAsync(dueAt);
        (await ClimbedAsync(task)).ShouldBe(["Community", "Subdistrict", "District"]);
        var item = (await ItemsAsync(task)).ShouldHaveSingleItem();
        (item.Post, item.FirstPost, item.MayDecide).ShouldBe(("District", "GroupLeader", true));
        var official = await app.StaffAsync("official");
        var order = (await app.SendAsync(new ListOrdersOfTask(official, Community, task))).Require().ShouldHaveSingleItem();
        (order.Post, order.IssuedBy, order.IssuedPost, order.State).ShouldBe(("GroupLeader", null, "District", "Open"));

        var decide = new DecideUpperItem(official, Community, item.Id, UpperDecision.Return, "Ask the maker of the gate", null, null, 0, null);
        BallotHall.CodeOf(await app.SendAsync(decide with { Caller = await HolderAsync("Community") })).ShouldBe("agenda.not-yours");
        BallotHall.CodeOf(await app.SendAsync(decide with { Caller = await app.StaffAsync("supervisor") })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await app.SendAsync(decide with { Words = " " })).ShouldBe("task.reason-missing");
        BallotHall.CodeOf(await app.SendAsync(decide with { Decision = UpperDecision.Extend })).ShouldBe("agenda.day-missing");
        BallotHall.CodeOf(await app.SendAsync(decide with { Decision = UpperDecision.Order, Post = "King", WorkingDays = 3 })).ShouldBe("order.post-unknown");
        BallotHall.CodeOf(await app.SendAsync(decide with { Decision = UpperDecision.End, Outcome = "Maybe" })).ShouldBe("task.unknown-outcome");
        (await app.SendAsync(decide)).Require();
        BallotHall.CodeOf(await app.SendAsync(decide)).ShouldBe("agenda.decided-already");
        await app.DrainAsync();

        // It starts over below; late again, it comes back to the body, once.
        var (state, post, again) = await TaskAsync(task);
        (state, post).ShouldBe(("Open", "GroupLeader"));
        await app.AdvanceToAsync(WorkingCalendar.China.AddWorkingDays(again, 1).AddSeconds(-1));
        await RoutinesAsync();
        (await ItemsAsync(task)).Count.ShouldBe(1);
        await app.AdvanceAsync(TimeSpan.FromSeconds(1));
        await RoutinesAsync();
        await RoutinesAsync();
        var second = (await ItemsAsync(task)).Single(i => i.Decision is null);
        second.Round.ShouldBe(2);

        (await app.SendAsync(decide with { Item = second.Id, Decision = UpperDecision.End, Outcome = "Declined" })).Require();
        await app.DrainAsync();

        (await TaskAsync(task)).State.ShouldBe("Done");
        (await app.SendAsync(new ListOrdersOfTask(official, Community, task))).Require().Single().State.ShouldBe("Closed");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<string>("select i.status from workflow_instance i join work_task t using (community_id, instance_id) where t.task_id = @task", new { task = task.Value })).ShouldBe("Finished");
        (await connection.QueryAsync<string>("select e.text_key from project_event e join work_task t using (community_id, project_id) where t.task_id = @task and e.text_key like 'agenda.%' order by e.event_id", new { task = task.Value }))
            .ShouldBe(["agenda.timeline.raised", "agenda.timeline.decided", "agenda.timeline.raised", "agenda.timeline.decided"]);
    }

    [Fact]
    [Mechanism("M2.18", Page = "/board/agenda")]
    public async Task The_body_extends_within_the_bounds_of_the_ladder_or_orders_a_post()
    {
        var (task, dueAt) = await StartAsync("body-extends");
        await ToTheTopAsync(dueAt);
        var item = (await ItemsAsync(task)).Single();
        var top = await HolderAsync("District"); // staff of the post at the top write it down too
        var decide = new DecideUpperItem(top, Community, item.Id, UpperDecision.Extend, "Parts are late", item.LatestDay!.Value.AddDays(1), null, 0, null);
        BallotHall.CodeOf(await app.SendAsync(decide)).ShouldBe("task.extension-too-long");
        (await app.SendAsync(decide with { Until = item.LatestDay })).Require();
        await app.DrainAsync();
        (await TaskAsync(task)).DueAt.ShouldBe(WorkingCalendar.China.At(item.LatestDay.Value, new TimeOnly(18, 0)));

        await app.AdvanceToAsync(WorkingCalendar.China.AddWorkingDays((await ItemsAsync(task)).Single().DueAt, 1));
        await RoutinesAsync();
        var second = (await ItemsAsync(task)).Single(i => i.Decision is null);
        second.LatestDay.ShouldBeNull("it was extended once");
        (await app.SendAsync(decide with { Item = second.Id, Decision = UpperDecision.Order, Post = "Community", WorkingDays = 2 })).Require();
        var ordered = (await app.SendAsync(new ListOrdersOfTask(top, Community, task))).Require().Single(order => order.Post == "Community");
        (ordered.What, ordered.IssuedPost, ordered.State).ShouldBe(("Parts are late", "District", "Open"));
        (await app.SendAsync(new CompleteTask(await HolderAsync("GroupLeader"), Community, task, "Done", []))).Require();
        (await app.SendAsync(new ListOrdersOfTask(top, Community, task))).Require().Select(order => order.State).ShouldBe(["Answered", "Closed"], ignoreOrder: true);
    }

    private Task ToTheTopAsync(DateTimeOffset dueAt)
    {
        var calendar = WorkingCalendar.China;
        return app.AdvanceToAsync(calendar.AddWorkingDays(calendar.AddWorkingDays(calendar.AddWorkingDays(dueAt, 1), 3), 5));
    }

    private async Task<IReadOnlyList<UpperItem>> ItemsAsync(TaskId task) =>
        (await app.SendAsync(new ListUpperAgenda(await app.StaffAsync("official"), Community, task, new PageRequest(1)))).Require().Items;

    private Task RoutinesAsync() => app.Services.GetRequiredService<RoutineLoop>().RunDueAsync(CancellationToken.None);

    private async Task<(string State, string Post, DateTimeOffset DueAt)> TaskAsync(TaskId task)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var (state, post, dueAt) = await connection.QuerySingleAsync<(string, string, DateTime)>("select state, post_code, due_at from work_task where task_id = @task", new { task = task.Value });
        return (state, post, new DateTimeOffset(dueAt, TimeSpan.Zero));
    }
}
