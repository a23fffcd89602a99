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
    public static Task PublishAsync(this TestApp app, string id, string activities) => app.PublishRootAsync(id, Sequence(activities));

    /// <summary>Publishes a root activity under an id.</summary>
    /// <param name="variables">JSON list of the workflow's variables.</param>
    /// <returns>The version's id.</returns>
    public static async Task<string> PublishRootAsync(this TestApp app, string id, string root, string variables = "[]")
    {
        var version = "";
        await InTransactionAsync(app.Services, async connection => version = await PublishAsync(app.Services, connection, id, root, variables));
        return version;
    }

    /// <summary>Publishes a sequence of activities and starts it, in one transaction.</summary>
    /// <returns>The instance.</returns>
    public static Task<Guid> StartAsync(this TestApp app, ProjectId project, string id, string activities) => app.StartRootAsync(project, id, Sequence(activities));

    /// <summary>Publishes a root activity and starts it, in one transaction.</summary>
    /// <returns>The instance.</returns>
    public static Task<Guid> StartRootAsync(this TestApp app, ProjectId project, string id, string root, string variables = "[]") => app.Services.StartRootAsync(project, id, root, variables);

    /// <inheritdoc cref="StartRootAsync(TestApp, ProjectId, string, string, string)"/>
    public static async Task<Guid> StartRootAsync(this IServiceProvider services, ProjectId project, string id, string root, string variables = "[]")
    {
        var instance = Guid.CreateVersion7();
        await using var scope = services.CreateAsyncScope();
        await InTransactionAsync(services, async connection =>
        {
            await PublishAsync(services, connection, id, root, variables);
            await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>().StartAsync(connection, Community, project, instance, id, [], await connection.CouncilNowAsync(), default);
        });
        return instance;
    }

    /// <summary>A flowchart: activities as JSON, ways as <c>a-b</c> or <c>a:True-b</c>.</summary>
    public static string Flowchart(string activities, params string[] ways) =>
        $$"""{"id":"F","type":"Elsa.Flowchart","version":1,"activities":[{{activities}}],"connections":[{{string.Join(',', ways.Select(Way))}}]}""";

    public static async Task<string> StatusAsync(this TestApp app, Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("select sub_status from workflow_instance where instance_id = @instance", new { instance });
    }

    /// <summary>Lines that an instance wrote, in order.</summary>
    public static async Task<IReadOnlyList<string>> LinesAsync(this TestApp app, Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("select details ->> 'line' from workflow_journal where instance_id = @instance and details ? 'line' order by sequence", new { instance })).AsList();
    }

    private static string Sequence(string activities) => $$"""{"id":"S","type":"Elsa.Sequence","version":1,"activities":[{{activities}}]}""";

    private static string Way(string way)
    {
        var (from, to) = (way.Split('-')[0].Split(':'), way.Split('-')[1]);
        return $$"""{"source":{"activity":"{{from[0]}}","port":"{{(from.Length > 1 ? from[1] : "Done")}}"},"target":{"activity":"{{to}}","port":"In"} }""";
    }

    /// <returns>The version's id.</returns>
    private static async Task<string> PublishAsync(IServiceProvider services, NpgsqlConnection connection, string id, string root, string variables)
    {
        var json = $$"""{"id":"{{id}}-v1","definitionId":"{{id}}","name":"{{id}}","variables":{{variables}},"root":{{root}} }""";
        var version = await services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, id, id, json, null, default);
        return version.DefinitionVersionId;
    }

    private static async Task InTransactionAsync(IServiceProvider services, Func<NpgsqlConnection, Task> act)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await act(connection);
        await transaction.CommitAsync();
    }
}
