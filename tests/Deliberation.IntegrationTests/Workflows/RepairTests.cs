using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>A workflow that stopped is tried again, altered, or has a step taken out: by an admin, with a reason, on record.</summary>
public sealed class RepairTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Wait = """{"id":"wait","type":"Elsa.Event","eventName":"Go"}""";

    /// <summary>Faults until the variable Plan has a name.</summary>
    private const string NeedsPlan = """{"id":"say","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getPlan().name"}}}""";

    private const string Plan = """[{"id":"plan","name":"Plan","typeName":"Object"}]""";

    private static readonly CommunityId Community = new(1);

    private readonly TestApp _app = new();
    private Caller _admin = null!;

    public async Task InitializeAsync()
    {
        await _app.InitializeAsync();
        _admin = await _app.StaffAsync("admin");
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_stopped_workflow_is_mended_and_tried_again()
    {
        var instance = await StartStoppedAsync();

        (await SendAsync(new RetryInstance(_admin, Community, instance, " "))).ShouldBe("workflow.reason-missing");
        (await SendAsync(new RetryInstance(await _app.StaffAsync("staff"), Community, instance, "x"))).ShouldBe("access.not-allowed");
        (await SendAsync(new RetryInstance(_admin, Community, Guid.CreateVersion7(), "x"))).ShouldBe("access.not-found");
        (await SendAsync(new RetryInstance(_admin, Community, instance, "the plan is there now"))).ShouldBeNull();
        (await _app.StatusAsync(instance)).ShouldBe("Faulted", "nothing was mended yet");

        (await SendAsync(new ModifyInstanceVariable(_admin, Community, instance, "Total", "1", "x"))).ShouldBe("workflow.variable.unknown");
        (await SendAsync(new ModifyInstanceVariable(_admin, Community, instance, "Plan", """{"name":"lamps"}""", "forgotten"))).ShouldBeNull();
        (await SendAsync(new RetryInstance(_admin, Community, instance, "mended"))).ShouldBeNull();
        (await _app.StatusAsync(instance)).ShouldBe("Finished");
        (await _app.LinesAsync(instance)).ShouldBe(["lamps"]);
        (await SendAsync(new RetryInstance(_admin, Community, instance, "again"))).ShouldBe("workflow.not-faulted");

        await using var connection = await _app.DataSource.OpenConnectionAsync();
        (await connection.QueryAsync<string>("select distinct resolution from workflow_incident where instance_id = @instance", new { instance })).ShouldBe(["Retried", "Altered"], ignoreOrder: true);
        (await connection.ExecuteScalarAsync<int>(
            "select count(*)::int from audit_entry where subject = @subject and action in ('RetryInstance', 'ModifyInstanceVariable')", new { subject = $"instance:{instance}" })).ShouldBe(3);
    }

    [Fact]
    public async Task Timers_of_a_stopped_workflow_rest_and_run_again_when_it_goes_on()
    {
        var project = await _app.ProjectAsync();
        var instance = await _app.StartRootAsync(
            project, "stops-beside", StoredWorkflows.Flowchart(
                $$"""{"id":"both","type":"Elsa.FlowFork","branches":["A","B"]},{{Wait}},{{NeedsPlan}},{"id":"later","type":"Elsa.Delay","timeSpan":"2.00:00:00"}""",
                "both:A-wait", "wait-say", "both:B-later"),
            Plan);
        await GoAsync(project);
        (await _app.StatusAsync(instance)).ShouldBe("Faulted");
        (await _app.NextTimerAsync()).ShouldBeNull();

        (await SendAsync(new CancelInstanceActivity(_admin, Community, instance, "say", "not needed"))).ShouldBeNull();
        (await _app.StatusAsync(instance)).ShouldBe("Suspended");
        await _app.AdvanceAsync(TimeSpan.FromDays(3));
        (await _app.StatusAsync(instance)).ShouldBe("Finished");
    }

    [Fact]
    public async Task A_caller_that_went_on_without_its_child_is_not_told_twice()
    {
        var project = await _app.ProjectAsync();
        await _app.PublishRootAsync("child-stops", $$"""{"id":"S","type":"Elsa.Sequence","activities":[{{Wait}},{{NeedsPlan}}]}""", Plan);
        var parent = await _app.StartAsync(
            project, "calls", """{"id":"call","type":"Elsa.ExecuteWorkflow","workflowDefinitionId":"child-stops","waitForCompletion":true},{"id":"after","type":"Elsa.Event","eventName":"Never"}""");
        await GoAsync(project);
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        var child = await connection.QuerySingleAsync<Guid>("select instance_id from workflow_instance where parent_instance_id = @parent", new { parent });
        (await connection.ExecuteScalarAsync<string>("select activity_id from workflow_bookmark where instance_id = @parent", new { parent })).ShouldBe("after");

        (await SendAsync(new ModifyInstanceVariable(_admin, Community, child, "Plan", """{"name":"lamps"}""", "x"))).ShouldBeNull();
        (await SendAsync(new RetryInstance(_admin, Community, child, "x"))).ShouldBeNull();
        (await _app.StatusAsync(child)).ShouldBe("Finished");
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from workflow_inbox where instance_id = @parent and event_id = @child", new { parent, child })).ShouldBe(0);
    }

    [Fact]
    public async Task A_task_of_a_step_that_is_taken_out_is_withdrawn()
    {
        var instance = await _app.StartAsync(
            await _app.ProjectAsync(), "asks", """{"id":"ask","type":"Elsa.RunTask","taskName":"Measure the yard"},{"id":"say","type":"Elsa.WriteLine","text":"after"}""");
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        (await connection.QuerySingleAsync<string>("select state from work_task where instance_id = @instance", new { instance })).ShouldBe("Open");

        (await SendAsync(new CancelInstanceActivity(_admin, Community, instance, "ask", "done by the street"))).ShouldBeNull();
        (await connection.QuerySingleAsync<string>("select state from work_task where instance_id = @instance", new { instance })).ShouldBe("Withdrawn");
        (await _app.LinesAsync(instance)).ShouldBe(["after"]);
    }

    [Fact]
    public async Task What_is_open_for_the_public_is_not_taken_away_from_behind()
    {
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        var instance = await _app.StartAsync(await _app.ProjectAsync(), "waits", Wait);
        await connection.ExecuteAsync("update workflow_bookmark set activity_type = 'Deliberation.OpenBallot' where instance_id = @instance", new { instance });
        (await SendAsync(new CancelInstanceActivity(_admin, Community, instance, "wait", "x"))).ShouldBe("workflow.has-a-desk");
    }

    [Fact]
    public async Task A_step_of_a_flowchart_runs_out_of_turn()
    {
        var instance = await _app.StartRootAsync(
            await _app.ProjectAsync(), "runs", StoredWorkflows.Flowchart($$"""{{Wait}},{"id":"say","type":"Elsa.WriteLine","text":"said"}""", "wait-say"));
        (await SendAsync(new ScheduleInstanceActivity(_admin, Community, instance, "nowhere", "x"))).ShouldBe("workflow.activity.unknown");
        (await SendAsync(new ScheduleInstanceActivity(_admin, Community, instance, "say", "x"))).ShouldBeNull();
        (await _app.LinesAsync(instance)).ShouldBe(["said"]);
        (await _app.StatusAsync(instance)).ShouldBe("Suspended");
    }

    [Fact]
    public async Task The_page_says_why_it_waits_and_acts()
    {
        var project = await _app.ProjectAsync();
        var stopped = await StartStoppedAsync();
        var waiting = await _app.StartAsync(project, "waits-three", """{"id":"P","type":"Elsa.Parallel","activities":[{"id":"wait","type":"Elsa.Event","eventName":"Never"},{"id":"ask","type":"Elsa.RunTask","taskName":"Measure the yard"},{"id":"later","type":"Elsa.Delay","timeSpan":"2.00:00:00"}]}""");
        using var browser = _app.Browser();
        await browser.SendAsync("/staff/sign-in", ("Login", "admin"), ("Password", _app.Password("admin")));

        (await browser.ReadAsync("/admin/workflows?show=Faulted")).QuerySelector($"a[href='/admin/workflows/{stopped}']").ShouldNotBeNull();
        var text = (await browser.ReadAsync($"/admin/workflows/{waiting}")).QuerySelector("main")!.TextContent;
        text.ShouldContain("等消息“Never”。");
        text.ShouldContain("等人办：Measure the yard。");
        text.ShouldContain("等时间到。");

        var address = $"/admin/workflows/{stopped}";
        (await Browser.ParseAsync(await browser.SendAsync(address, ("RetryReason", "")))).QuerySelector("#RetryReason-wrong").ShouldNotBeNull();
        await browser.SendAsync(address, ("Value", """{"name":"lamps"}"""), ("VariableReason", "forgotten"));
        await browser.SendAsync(address, ("RetryReason", "mended"));
        (await _app.StatusAsync(stopped)).ShouldBe("Finished");
    }

    private async Task<Guid> StartStoppedAsync()
    {
        var project = await _app.ProjectAsync();
        var instance = await _app.StartRootAsync(project, "stops", $$"""{"id":"S","type":"Elsa.Sequence","activities":[{{Wait}},{{NeedsPlan}}]}""", Plan);
        await GoAsync(project);
        (await _app.StatusAsync(instance)).ShouldBe("Faulted");
        return instance;
    }

    /// <summary>Publishes Go; the fault that follows is what the test is about.</summary>
    private async Task GoAsync(ProjectId project)
    {
        await _app.StartAsync(project, "goes", """{"id":"p","type":"Elsa.PublishEvent","eventName":"Go"}""");
        (await Should.ThrowAsync<InvalidOperationException>(_app.DrainAsync)).Message.ShouldContain("say");
    }

    private async Task<string?> SendAsync(MediatR.IRequest<Result<Done>> request) => await _app.SendAsync(request) is Result<Done>.Refused { Reason: var reason } ? reason.Code : null;
}
