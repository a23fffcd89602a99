using Dapper;
using Deliberation.Testing;
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
        await app.PublishAsync("bulk-child", "");
        var parent = await app.StartAsync(await app.ProjectAsync(), "bulk-parent", ThreeChildren);

        await app.DrainAsync();

        await using var reading = await app.DataSource.OpenConnectionAsync();
        Assert.Equal(
            ["0", "1", "2"],
            await reading.QueryAsync<string>("select parent_key from workflow_instance where parent_instance_id = @parent order by parent_key", new { parent }));
        Assert.Equal("Finished", await reading.ExecuteScalarAsync<string>("select status from workflow_instance where instance_id = @parent", new { parent }));
    }
}
