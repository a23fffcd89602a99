using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>A stored workflow that calls several others and waits for all of them.</summary>
public sealed class ChildWorkflowTests(TestApp app) : IClassFixture<TestApp>
{
    private const string ThreeChildren =
        """
        {"id":"call","name":"call","type":"Elsa.BulkDispatchWorkflows","version":1,"customProperties":{},"metadata":{},
         "workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"bulk-child"}},
         "items":{"typeName":"Object","expression":{"type":"JavaScript","value":"[1,2,3]"}},
         "waitForCompletion":{"typeName":"Boolean","expression":{"type":"Literal","value":"true"}}}
        """;

    [Fact]
    public async Task Every_child_of_one_visit_answers_its_own_wait_and_the_parent_goes_on()
    {
        var (parent, project) = (Guid.CreateVersion7(), ProjectId.New());
        await using (var scope = app.Services.CreateAsyncScope())
        await using (var connection = await app.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(
                "insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'x', 't', 1, 'InPlan')", new { project = project.Value });
            await WorkflowDefinitions.PublishAsync(connection, "bulk-child", "bulk-child", Definition("bulk-child", ""), null, default);
            await WorkflowDefinitions.PublishAsync(connection, "bulk-parent", "bulk-parent", Definition("bulk-parent", ThreeChildren), null, default);
            await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>().StartAsync(
                connection, new CommunityId(1), project, parent, "bulk-parent", [], await connection.CouncilNowAsync(), default);
            await transaction.CommitAsync();
        }

        await app.DrainAsync();

        await using var reading = await app.DataSource.OpenConnectionAsync();
        Assert.Equal(
            ["0", "1", "2"],
            await reading.QueryAsync<string>("select parent_key from workflow_instance where parent_instance_id = @parent order by parent_key", new { parent }));
        Assert.Equal("Finished", await reading.ExecuteScalarAsync<string>("select status from workflow_instance where instance_id = @parent", new { parent }));
    }

    private static string Definition(string id, string activities) =>
        $$$"""
        {"id":"{{{id}}}-v1","definitionId":"{{{id}}}","name":"{{{id}}}","createdAt":"2026-01-01T00:00:00+00:00","version":1,"toolVersion":"3.8.0.0",
         "variables":[],"inputs":[],"outputs":[],"outcomes":[],"customProperties":{},"isReadonly":false,"isSystem":false,"isLatest":true,"isPublished":true,"options":{},
         "root":{"id":"S","name":"S","type":"Elsa.Sequence","version":1,"customProperties":{},"metadata":{},"activities":[{{{activities}}}]}}
        """;
}
