using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Made-up workflows in the product's own store.</summary>
internal static class StoredWorkflows
{
    private static readonly CommunityId Community = new(1);

    /// <summary>A project without a workflow of its own.</summary>
    public static async Task<ProjectId> ProjectAsync(this TestApp app)
    {
        var project = ProjectId.New();
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "insert into project (community_id, project_id, title, template_id, template_version, state) values (@Community, @project, 'x', 't', 1, 'InPlan')", new { Community, project });
        return project;
    }

    /// <summary>Publishes a sequence of activities under an id.</summary>
    public static Task PublishAsync(this TestApp app, string id, string activities) => InTransactionAsync(app, connection => PublishAsync(connection, id, activities));

    /// <summary>Publishes a sequence of activities and starts it, in one transaction.</summary>
    /// <returns>The instance.</returns>
    public static async Task<Guid> StartAsync(this TestApp app, ProjectId project, string id, string activities)
    {
        var instance = Guid.CreateVersion7();
        await using var scope = app.Services.CreateAsyncScope();
        await InTransactionAsync(app, async connection =>
        {
            await PublishAsync(connection, id, activities);
            await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>().StartAsync(connection, Community, project, instance, id, [], await connection.CouncilNowAsync(), default);
        });
        return instance;
    }

    private static Task PublishAsync(NpgsqlConnection connection, string id, string activities) => WorkflowDefinitions.PublishAsync(
        connection,
        id,
        id,
        $$"""{"id":"{{id}}-v1","definitionId":"{{id}}","name":"{{id}}","root":{"id":"S","type":"Elsa.Sequence","version":1,"activities":[{{activities}}]} }""",
        null,
        default);

    private static async Task InTransactionAsync(TestApp app, Func<NpgsqlConnection, Task> act)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await act(connection);
        await transaction.CommitAsync();
    }
}
