using Dapper;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Stored workflows that call themselves without end. Apart from others: what they leave fails whenever it is due.</summary>
public sealed class SelfCallingWorkflowTests(TestApp app) : IClassFixture<TestApp>
{
    private const string CallsItself = """{"id":"x","type":"Elsa.ExecuteWorkflow","version":1,"workflowDefinitionId":"calls-itself","waitForCompletion":true}""";
    private const string CallsItselfLater = """{"id":"d","type":"Elsa.Delay","version":1,"timeSpan":"01:00:00"},{"id":"x","type":"Elsa.ExecuteWorkflow","version":1,"workflowDefinitionId":"calls-itself-later","waitForCompletion":true}""";

    [Fact]
    public async Task A_workflow_that_calls_itself_is_refused_and_leaves_nothing()
    {
        var project = await app.ProjectAsync();
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => app.StartAsync(project, "calls-itself", CallsItself));
        refused.Message.ShouldContain("16 deep");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<long>("select count(*) from workflow_instance where project_id = @project", new { project = project.Value })).ShouldBe(0);
    }

    [Fact]
    public async Task A_workflow_that_calls_itself_hour_by_hour_is_stopped_and_shown()
    {
        var project = await app.ProjectAsync();
        await app.StartAsync(project, "calls-itself-later", CallsItselfLater);
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
}
