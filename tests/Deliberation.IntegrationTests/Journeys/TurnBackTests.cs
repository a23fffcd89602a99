using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>A matter goes back: to an earlier step with a reason, or to the one who has just passed it on.</summary>
public sealed class TurnBackTests(TestApp app) : IClassFixture<TestApp>
{
    private static readonly CommunityId Community = new(1);

    private static readonly string Chain = StoredWorkflows.Flowchart(
        string.Join(',', new[] { ("a", "GroupLeader"), ("b", "Community"), ("c", "Subdistrict") }.Select(step =>
            $$"""{"id":"{{step.Item1}}","type":"Deliberation.AssignTask","post":"{{step.Item2}}","title":"{{step.Item1.ToUpperInvariant()}}","dueWorkingDays":3}""")),
        "a-b", "b-c");

    [Fact]
    public async Task A_task_goes_back_to_an_earlier_step_which_comes_again_with_all_that_follows()
    {
        var instance = await app.StartRootAsync(await app.ProjectAsync(), "goes-back", Chain);
        await DoAsync(instance, "A");
        await DoAsync(instance, "B");
        var (third, officer) = await OpenAsync(instance, "C");

        var steps = (await app.SendAsync(new ListEarlierSteps(officer, Community, third))).Require();
        steps.Select(step => $"{step.Activity}: {string.Join(' ', step.Again)}").ShouldBe(["b: B", "a: A B"]);

        // The page says so before anything is done.
        using var browser = app.Browser();
        await browser.SendAsync("/staff/sign-in", ("Login", "admin"), ("Password", app.Password("admin")));
        (await browser.ReadAsync($"/staff/tasks/{third}/send-back")).QuerySelector("label:has([value=a])")!.TextContent.ShouldContain("A、B");

        SendBackTask back = new(officer, Community, third, "a", "The measures are wrong");
        (await RefusedAsync(back with { Activity = "c" })).ShouldBe("task.no-such-step");
        (await RefusedAsync(back with { Reason = "" })).ShouldBe("task.reason-missing");
        (await RefusedAsync(back with { Caller = officer with { Communities = new HashSet<CommunityId> { new(2) } } })).ShouldBe("access.not-found");
        (await RefusedAsync(back with { Caller = await HolderAsync("GroupLeader") })).ShouldBe("task.not-yours");

        var answers = await Task.WhenAll(app.SendAsync(back), app.SendAsync(back));
        answers.OfType<Result<Done>.Accepted>().Count().ShouldBe(1);
        answers.OfType<Result<Done>.Refused>().ShouldHaveSingleItem().Reason.Code.ShouldBe("task.not-open");

        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.QueryAsync<string>("select title || ' ' || state from work_task where instance_id = @instance order by task_id", new { instance }))
            .ShouldBe(["A Done", "B Done", "C Withdrawn", "A Open"]);
        (await connection.QueryAsync<string>(
            "select e.reason from work_task_event e join work_task t using (community_id, task_id) where t.instance_id = @instance and t.state = 'Open' and e.kind = 'SentBack'", new { instance }))
            .ShouldBe(["The measures are wrong"]);
        await DoAsync(instance, "A");
        await DoAsync(instance, "B");
        await DoAsync(instance, "C");
        (await app.StatusAsync(instance)).ShouldBe("Finished");
    }

    [Fact]
    public async Task What_was_just_done_is_taken_back_until_somebody_after_it_acts()
    {
        var instance = await app.StartRootAsync(await app.ProjectAsync(), "takes-back", Chain);
        var (first, leader) = await OpenAsync(instance, "A");
        RecallTask recall = new(leader, Community, first, "A wrong figure");
        (await RefusedAsync(recall)).ShouldBe("task.not-done");

        // The workflow has not heard of it yet.
        (await app.SendAsync(new CompleteTask(leader, Community, first, "Done", []))).Require();
        (await RefusedAsync(recall with { Caller = await HolderAsync("Subdistrict") })).ShouldBe("task.not-done-by-you");
        (await app.SendAsync(recall)).Require();
        (await OpenAsync(instance, "A")).Task.ShouldBe(first);

        // It has, and the next has his task but has not touched it.
        await DoAsync(instance, "A");
        await OpenAsync(instance, "B");
        (await app.SendAsync(recall)).Require();
        var (again, _) = await OpenAsync(instance, "A");
        again.ShouldNotBe(first);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from work_task where instance_id = @instance and state = 'Open'", new { instance })).ShouldBe(1);

        // Somebody has touched it.
        await DoAsync(instance, "A");
        var (second, officer) = await OpenAsync(instance, "B");
        (await app.SendAsync(new UrgeTask(await HolderAsync("Subdistrict"), Community, second, "Soon"))).Require();
        (await RefusedAsync(recall with { Task = again })).ShouldBe("task.recall-too-late");
        (await app.SendAsync(new CompleteTask(officer, Community, second, "Done", []))).Require();
    }

    [Fact]
    public async Task A_step_of_a_mere_sequence_is_not_taken_back_and_nobody_is_said_to_have_acted()
    {
        var instance = await app.StartAsync(
            await app.ProjectAsync(), "never-back", """{"id":"a","type":"Deliberation.AssignTask","post":"GroupLeader","title":"A"},{"id":"b","type":"Deliberation.AssignTask","post":"GroupLeader","title":"B"}""");
        var (first, leader) = await OpenAsync(instance, "A");
        await DoAsync(instance, "A");
        (await RefusedAsync(new RecallTask(leader, Community, first, "A wrong figure"))).ShouldBe("task.verb-not-allowed");
        await OpenAsync(instance, "B");
    }

    private async Task DoAsync(Guid instance, string title)
    {
        var (task, holder) = await OpenAsync(instance, title);
        (await app.SendAsync(new CompleteTask(holder, Community, task, "Done", []))).Require();
        await app.DrainAsync();
    }

    /// <summary>The open task of that title, and who acts for its post.</summary>
    private async Task<(TaskId Task, Caller Holder)> OpenAsync(Guid instance, string title)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var (task, post) = await connection.QuerySingleAsync<(Guid, string)>("select task_id, post_code from work_task where instance_id = @instance and title = @title and state = 'Open'", new { instance, title });
        return (new TaskId(task), await HolderAsync(post));
    }

    private Task<Caller> HolderAsync(string post) => app.HolderAsync(post);

    private async Task<string> RefusedAsync(MediatR.IRequest<Result<Done>> request) => (await app.SendAsync(request)).ShouldBeOfType<Result<Done>.Refused>().Reason.Code;
}
