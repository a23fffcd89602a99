using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Routines;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Orders;

/// <summary>Supervised orders: issued from above about late matters, due by the working calendar, answered with proof, judged by who issued them.</summary>
public sealed class OrderTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    [Mechanism("M2.18", Page = "/board/orders/{id:guid}")]
    public async Task An_order_across_National_Day_is_reminded_of_told_of_once_answered_returned_and_accepted()
    {
        var (hall, _, official, task) = await LateAsync("2026-09-28 10:00");
        await using var __ = hall;
        var order = (await hall.SendAsync(Order(hall, official, task))).Require();
        (await DueAsync(hall, order)).ShouldBe(PostHall.At("2026-10-08 18:00")); // 29 and 30 September, then the first day after the holidays
        (await hall.ToldAsync("order.message.issued", hall.Staff)).ShouldBe(1);

        await hall.GoToAsync("2026-09-30 17:59");
        (await hall.ToldAsync("order.message.remind", hall.Staff)).ShouldBe(0);
        await hall.GoToAsync("2026-09-30 18:00");
        (await hall.ToldAsync("order.message.remind", hall.Staff)).ShouldBe(1);
        await hall.GoToAsync("2026-10-08 17:59");
        (await hall.ToldAsync("order.message.overdue", hall.Staff)).ShouldBe(0);
        await hall.GoToAsync("2026-10-08 18:00");
        await hall.GoToAsync("2026-10-09 10:00");
        (await hall.ToldAsync("order.message.overdue", hall.Staff)).ShouldBe(1);
        (await hall.ToldAsync("order.message.overdue-issuer", official)).ShouldBe(1);
        (await ViewAsync(hall, official, OrderView.Overdue)).ShouldBe([order]);

        await hall.ExecuteAsync("update outbox_message set sent_at = clock_timestamp() where community_id = @Community", new { hall.Community }); // what is unsent when it is answered, is taken back
        var answer = new AnswerOrder(hall.AsStaff(), hall.Community, order, "The gate is mended", null);
        (await hall.SendAsync(answer)).Require();
        BallotHall.CodeOf(await hall.SendAsync(answer)).ShouldBe("order.not-open");
        (await hall.ToldAsync("order.message.answered", official)).ShouldBe(1);
        (await ViewAsync(hall, official, OrderView.Answered)).ShouldBe([order]);

        var giveBack = new ReturnOrder(hall.As(official, CallerKind.Official), hall.Community, order, "A photo is missing", 1);
        BallotHall.CodeOf(await hall.SendAsync(giveBack with { Reason = " " })).ShouldBe("task.reason-missing");
        BallotHall.CodeOf(await hall.SendAsync(giveBack with { WorkingDays = 61 })).ShouldBe("order.days-bounds");
        (await hall.SendAsync(giveBack)).Require();
        (await DueAsync(hall, order)).ShouldBe(PostHall.At("2026-10-10 18:00")); // a Saturday that is worked
        (await hall.ToldAsync("order.message.returned", hall.Staff)).ShouldBe(1);
        await hall.GoToAsync("2026-10-10 18:00");
        (await hall.ToldAsync("order.message.overdue", hall.Staff)).ShouldBe(2, "it was due anew");

        (await hall.SendAsync(answer with { Answer = "With a photo now" })).Require();
        (await hall.SendAsync(new AcceptOrder(giveBack.Caller, hall.Community, order))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new AcceptOrder(giveBack.Caller, hall.Community, order))).ShouldBe("order.not-answered");
        (await PageAsync(hall, hall.AsStaff(), order)).History.Select(line => line.Kind)
            .ShouldBe(["Issued", "Reminded", "Overdue", "Answered", "Returned", "Overdue", "Answered", "Accepted"]);
        (await hall.ScalarAsync<string>("select string_agg(split_part(text_key, '.', 3), ',' order by event_id) from project_event where community_id = @Community and text_key like 'order.%'", new { hall.Community }))
            .ShouldBe("issued,answered,returned,answered,accepted");
    }

    [Fact]
    public async Task An_answered_order_is_not_reminded_of_and_a_waiting_reminder_is_taken_back()
    {
        var (hall, _, official, task) = await LateAsync("2026-11-23 23:00"); // at night: messages wait for the morning
        await using var __ = hall;
        var order = (await hall.SendAsync(Order(hall, official, task) with { WorkingDays = 2 })).Require();
        (await hall.SendAsync(new AnswerOrder(hall.AsStaff(), hall.Community, order, "Done tonight", null))).Require();
        foreach (var time in new[] { "2026-11-24 18:00", "2026-11-25 18:00", "2026-11-30 10:00" })
        {
            await hall.GoToAsync(time);
        }

        (await hall.ToldAsync("order.message.remind", hall.Staff)).ShouldBe(0);
        (await hall.ToldAsync("order.message.overdue", hall.Staff)).ShouldBe(0);
    }

    [Fact]
    public async Task Only_a_level_above_orders_and_only_what_is_late()
    {
        var (hall, chair, official, task) = await LateAsync("2026-11-23 10:00");
        await using var __ = hall;
        var order = Order(hall, official, task);
        BallotHall.CodeOf(await hall.SendAsync(order with { What = "x" })).ShouldBe("order.what-length");
        BallotHall.CodeOf(await hall.SendAsync(order with { What = new string('x', 501) })).ShouldBe("order.what-length");
        BallotHall.CodeOf(await hall.SendAsync(order with { WorkingDays = 0 })).ShouldBe("order.days-bounds");
        BallotHall.CodeOf(await hall.SendAsync(order with { WorkingDays = 61 })).ShouldBe("order.days-bounds");
        BallotHall.CodeOf(await hall.SendAsync(order with { Post = "King" })).ShouldBe("order.post-unknown");
        BallotHall.CodeOf(await hall.SendAsync(order with { Caller = hall.AsStaff() })).ShouldBe("order.not-above", "the group leader is not above himself");
        BallotHall.CodeOf(await hall.SendAsync(order with { Caller = hall.AsStaff(CallerKind.Supervisor) })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(order with { Task = TaskId.New() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(order with { Project = ProjectId.New() })).ShouldBe("access.not-found");

        await hall.ExecuteAsync("update work_task set due_at = council_now() where community_id = @Community", new { hall.Community });
        (await hall.SendAsync(order with { Caller = hall.As(chair) })).Require(); // a moment after its due instant
        BallotHall.CodeOf(await hall.SendAsync(order)).ShouldBe("order.open-already");
        (await hall.SendAsync(order with { Task = null, Post = "Community" })).Require();
        await hall.ExecuteAsync("update work_task set due_at = council_now() + interval '1 minute' where community_id = @Community", new { hall.Community });
        BallotHall.CodeOf(await hall.SendAsync(order with { Post = "District" })).ShouldBe("order.not-late");
        BallotHall.CodeOf(await hall.SendAsync(order with { Post = "District", Task = null })).ShouldBe("order.not-late");
        await hall.ExecuteAsync("insert into project_stage (community_id, project_id, stage, planned_end, started_at) values (@Community, @Project, 'Plan', '2026-11-22', council_now())", new { hall.Community, hall.Project });
        (await hall.SendAsync(order with { Post = "District", Task = null })).Require(); // its stage should have ended yesterday
    }

    [Fact]
    public async Task The_post_answers_and_who_answered_does_not_judge()
    {
        var (hall, chair, official, task) = await LateAsync("2026-11-23 10:00");
        await using var __ = hall;
        var order = (await hall.SendAsync(Order(hall, official, task) with { Caller = hall.As(chair) })).Require();
        (await MineAsync(hall, hall.AsStaff())).ShouldBe([order]);
        (await MineAsync(hall, hall.As(chair))).ShouldBeEmpty();

        var answer = new AnswerOrder(hall.AsStaff(), hall.Community, order, "Mended", null);
        BallotHall.CodeOf(await hall.SendAsync(answer with { Caller = hall.As(chair) })).ShouldBe("order.not-yours");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Order = Guid.NewGuid() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Answer = "x" })).ShouldBe("order.answer-length");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Answer = new string('x', 2001) })).ShouldBe("order.answer-length");
        BallotHall.CodeOf(await hall.SendAsync(answer with { Photo = Encoding.ASCII.GetBytes("<script>") })).ShouldBe("photo.not-a-photo");
        BallotHall.CodeOf(await hall.SendAsync(new AcceptOrder(hall.As(chair), hall.Community, order))).ShouldBe("order.not-answered");
        (await hall.SendAsync(answer)).Require();
        BallotHall.CodeOf(await hall.SendAsync(new AcceptOrder(hall.AsStaff(), hall.Community, order))).ShouldBe("order.not-yours");
        BallotHall.CodeOf(await hall.SendAsync(new AcceptOrder(hall.As(official, CallerKind.Official), hall.Community, order))).ShouldBe("order.not-yours", "a post issued it");
        (await MineAsync(hall, hall.As(chair))).ShouldBe([order]);
        await hall.ExecuteAsync("update supervision_order set answered_by = @chair where order_id = @order", new { chair, order });
        BallotHall.CodeOf(await hall.SendAsync(new AcceptOrder(hall.As(chair), hall.Community, order))).ShouldBe("order.own-answer");
        (await PageAsync(hall, hall.As(chair), order)).MayJudge.ShouldBeFalse();

        var (other, _, stranger, _) = await LateAsync("2026-11-23 10:00");
        await using var ___ = other;
        BallotHall.CodeOf(await other.SendAsync(new GetOrder(other.As(stranger, CallerKind.Official), other.Community, order))).ShouldBe("access.not-found");
        BallotHall.CodeOf(await other.SendAsync(answer with { Caller = other.AsStaff(), Community = other.Community })).ShouldBe("access.not-found");
    }

    [Fact]
    public async Task A_vacant_posts_order_goes_to_the_next_above_and_three_nodes_tell_once()
    {
        var (hall, chair, official, task) = await LateAsync("2026-11-23 10:00");
        await using var __ = hall;
        var order = (await hall.SendAsync(Order(hall, official, task) with { Post = "Subdistrict", WorkingDays = 1 })).Require();
        (await hall.ToldAsync("order.message.issued", chair)).ShouldBe(1);
        (await hall.ScalarAsync<string>("select reason_key from outbox_message where community_id = @Community and text_key = 'order.message.issued'", new { hall.Community })).ShouldBe("task.reason.vacant");
        await using var second = hall.Node();
        await using var third = hall.Node();
        await database.SetCouncilTimeAsync(PostHall.At("2026-11-24 18:00").ToUniversalTime());

        await Task.WhenAll(new[] { hall.Service<RoutineLoop>(), second.Service<RoutineLoop>(), third.Service<RoutineLoop>() }.Select(loop => Task.Run(() => loop.RunDueAsync(CancellationToken.None))));
        await hall.GoToAsync("2026-11-24 18:00");

        (await hall.ToldAsync("order.message.overdue", chair)).ShouldBe(1);
        (await hall.ToldAsync("order.message.overdue-issuer", official)).ShouldBe(1);
        (await hall.SendAsync(new AnswerOrder(hall.As(chair), hall.Community, order, "In their place", null))).Require();
    }

    private static IssueOrder Order(BallotHall hall, StaffId official, TaskId task) =>
        new(hall.As(official, CallerKind.Official), hall.Community, hall.Project, task, "GroupLeader", "Mend the gate", 3);

    /// <summary>A hall whose group leader let a task lapse yesterday, and an official who looks after it.</summary>
    private async Task<(BallotHall Hall, StaffId Chair, StaffId Official, TaskId Task)> LateAsync(string now)
    {
        var (hall, chair) = await PostHall.OpenAsync(database, now);
        var (official, task) = (StaffId.New(), TaskId.New());
        await hall.ExecuteAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@official, @login, 'Official', 'Official', 'x');
            insert into work_task (community_id, task_id, project_id, instance_id, visit_id, kind, title, instruction, round, outcomes, form, first_post, post_code, created_at, due_at)
            values (@Community, @task, @Project, @Instance, 'v1', 'Task', 'Mend the gate', '', 1, '{Done,Declined}', '{}', 'GroupLeader', 'GroupLeader', council_now() - interval '5 days', council_now() - interval '1 day')
            """,
            new { official, login = $"official{hall.Code}", hall.Community, task, hall.Project, hall.Instance });
        return (hall, chair, official, task);
    }

    private static async Task<OrderPage> PageAsync(BallotHall hall, Caller reader, Guid order) => (await hall.SendAsync(new GetOrder(reader, hall.Community, order))).Require();

    private static async Task<DateTimeOffset> DueAsync(BallotHall hall, Guid order) => (await PageAsync(hall, hall.AsStaff(), order)).Order.DueAt;

    private static async Task<IEnumerable<Guid>> ViewAsync(BallotHall hall, StaffId official, OrderView view) =>
        (await hall.SendAsync(new ListOrders(hall.As(official, CallerKind.Official), hall.Community, view, new PageRequest(1)))).Require().Orders.Items.Select(order => order.Id);

    private static async Task<IEnumerable<Guid>> MineAsync(BallotHall hall, Caller reader) => (await hall.SendAsync(new ListMyOrders(reader, hall.Community))).Require().Select(order => order.Id);
}
