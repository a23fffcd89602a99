using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Elsa's own activities on the stored engine: named events, early ones included; lines; workflows that call themselves.</summary>
public sealed class WorkflowEventTests(TestApp app) : IClassFixture<TestApp>
{
    private const string Waits = """{"id":"e","type":"Elsa.Event","version":1,"eventName":"Go"}""";
    private const string WaitsTomorrow = """{"id":"d","type":"Elsa.Delay","version":1,"timeSpan":"1.00:00:00"},""" + Waits;
    private const string WaitsForAnother = """{"id":"e","type":"Elsa.Event","version":1,"eventName":"Stop"}""";
    private const string Publishes = """{"id":"w","type":"Elsa.WriteLine","version":1,"text":"about to go"},{"id":"p","type":"Elsa.PublishEvent","version":1,"eventName":"Go"}""";
    private const string PublishesToItself = """{"id":"p","type":"Elsa.PublishEvent","version":1,"eventName":"Go","isLocalEvent":true},""" + Waits;
    private const string CallsItself = """{"id":"x","type":"Elsa.ExecuteWorkflow","version":1,"workflowDefinitionId":"event-self","waitForCompletion":true}""";
    private const string CallsItselfLater = """{"id":"d","type":"Elsa.Delay","version":1,"timeSpan":"01:00:00"},{"id":"x","type":"Elsa.ExecuteWorkflow","version":1,"workflowDefinitionId":"event-later","waitForCompletion":true}""";

    [Fact]
    public async Task A_named_event_reaches_whoever_waits_in_the_project_and_whoever_waits_later()
    {
        var project = await ProjectAsync();
        var waiting = await StartAsync(project, "event-waits", Waits);
        var later = await StartAsync(project, "event-tomorrow", WaitsTomorrow);
        var another = await StartAsync(project, "event-another", WaitsForAnother);
        var elsewhere = await StartAsync(await ProjectAsync(), "event-waits", Waits);
        var itself = await StartAsync(project, "event-itself", PublishesToItself);
        await app.DrainAsync();
        (await StatusAsync(waiting)).ShouldBe("Suspended", "a local event is its own instance's");
        (await StatusAsync(itself)).ShouldBe("Finished");

        var publisher = await StartAsync(project, "event-publishes", Publishes);
        await app.DrainAsync();
        (await StatusAsync(waiting)).ShouldBe("Finished");
        (await StatusAsync(later)).ShouldBe("Suspended");
        (await StatusAsync(another)).ShouldBe("Suspended");
        (await StatusAsync(elsewhere)).ShouldBe("Suspended");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<string>(
            "select details->>'line' from workflow_journal where instance_id = @publisher and activity_id = 'w' and event = 'Completed'", new { publisher })).ShouldBe("about to go");

        (await connection.QueryAsync<Guid>("select instance_id from workflow_inbox")).Order().ShouldBe(new[] { later, another }.Order(), "who is over keeps no event");

        await app.Database.SetCouncilTimeAsync(await app.Database.CouncilNowAsync() + TimeSpan.FromDays(2));
        await app.DrainAsync();
        (await StatusAsync(later)).ShouldBe("Finished", "the event came a day early and was kept");
        (await StatusAsync(another)).ShouldBe("Suspended");
    }

    [Fact]
    public async Task A_workflow_that_calls_itself_is_refused_and_leaves_nothing()
    {
        var project = await ProjectAsync();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(project, "event-self", CallsItself));
        refused.Message.ShouldContain("16 deep");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<long>("select count(*) from workflow_instance where project_id = @project", new { project = project.Value })).ShouldBe(0);
    }

    [Fact]
    public async Task A_workflow_that_calls_itself_hour_by_hour_is_stopped_and_shown()
    {
        var project = await ProjectAsync();
        await StartAsync(project, "event-later", CallsItselfLater);
        for (var call = 0; call < 16; call++)
        {
            await LaterAsync();
        }

        (await Should.ThrowAsync<InvalidOperationException>(LaterAsync)).Message.ShouldContain("16 deep");

        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<long>("select count(*) from workflow_instance where project_id = @project", new { project = project.Value })).ShouldBe(17);
        (await connection.ExecuteScalarAsync<string>(
            "select last_error from workflow_timer t join workflow_instance i using (community_id, instance_id) where i.project_id = @project", new { project = project.Value }))!.ShouldContain("16 deep");
    }

    private async Task LaterAsync()
    {
        await app.Database.SetCouncilTimeAsync(await app.Database.CouncilNowAsync() + TimeSpan.FromHours(2));
        await app.DrainAsync();
    }

    private async Task<ProjectId> ProjectAsync()
    {
        var project = ProjectId.New();
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'x', 't', 1, 'InPlan')", new { project = project.Value });
        return project;
    }

    private async Task<Guid> StartAsync(ProjectId project, string id, string activities)
    {
        var instance = Guid.CreateVersion7();
        await using var scope = app.Services.CreateAsyncScope();
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WorkflowDefinitions.PublishAsync(
            connection,
            id,
            id,
            $$"""{"id":"{{id}}-v1","definitionId":"{{id}}","name":"{{id}}","root":{"id":"S","type":"Elsa.Sequence","version":1,"activities":[{{activities}}]} }""",
            null,
            default);
        await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>().StartAsync(connection, new CommunityId(1), project, instance, id, [], await connection.CouncilNowAsync(), default);
        await transaction.CommitAsync();
        return instance;
    }

    private async Task<string?> StatusAsync(Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>("select sub_status from workflow_instance where instance_id = @instance", new { instance });
    }
}
