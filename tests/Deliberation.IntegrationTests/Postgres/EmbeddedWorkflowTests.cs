using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>A workflow used as an activity, in the product: each instance keeps the versions that its definition was published with.</summary>
public sealed class EmbeddedWorkflowTests(TestApp app) : IClassFixture<TestApp>
{
    private const string Usable = "\"options\":{\"usableAsActivity\":true},";
    private const string UsableAndUpdating = "\"options\":{\"usableAsActivity\":true,\"autoUpdateConsumingWorkflows\":true},";

    [Fact]
    public async Task A_running_instance_keeps_the_child_it_began_with()
    {
        await PublishAsync("keeps-child", Says("one"), Usable);
        await PublishAsync("keeps-parent", Uses("KeepsChild"));
        var began = await StartAsync("keeps-parent");

        await PublishAsync("keeps-child", Says("two"), Usable);
        var beganLater = await StartAsync("keeps-parent");
        (await LinesAsync(began, beganLater)).ShouldBe(["one", "one"], "the parent was not published again");

        (await PublishAsync("keeps-parent", Uses("KeepsChild"))).Version.ShouldBe(2);
        (await LinesAsync(await StartAsync("keeps-parent"))).ShouldBe(["two"]);
        (await PublishAsync("keeps-parent", Uses("KeepsChild"))).Version.ShouldBe(2, "nothing has changed");
    }

    [Fact]
    public async Task A_child_that_updates_its_consumers_reaches_new_instances_of_all_of_them_and_no_running_one()
    {
        await PublishAsync("updates-grandchild", Says("one"), UsableAndUpdating);
        await PublishAsync("updates-child", Uses("UpdatesGrandchild"), Usable);
        await PublishAsync("updates-parent", $"{Uses("UpdatesChild")},{Uses("UpdatesGrandchild", "again")}");
        var began = await StartAsync("updates-parent");

        await PublishAsync("updates-grandchild", Says("two"), UsableAndUpdating);

        (await LinesAsync(began)).ShouldBe(["one", "one"]);
        (await LinesAsync(await StartAsync("updates-parent"))).ShouldBe(["two", "two"]);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.QueryAsync<string>("select definition_version_id from workflow_definition where definition_id like 'updates-%' and is_published order by 1"))
            .ShouldBe(["updates-child-v2", "updates-grandchild-v2", "updates-parent-v2"]);
    }

    [Fact]
    public async Task A_consumers_open_draft_is_changed_and_stays_a_draft()
    {
        await PublishAsync("open-child", Says("one"), UsableAndUpdating);
        await PublishAsync("open-parent", Uses("OpenChild"));
        var published = await ExportAsync("open-parent");
        await InTransactionAsync((store, connection) => store.SaveDraftAsync(
            connection, published.Json.Replace("\"name\":\"open parent\"", "\"name\":\"Half done\"", StringComparison.Ordinal), published.Version.Hash, null, default));

        await PublishAsync("open-child", Says("two"), UsableAndUpdating);

        var draft = await ExportAsync("open-parent");
        (draft.Version.Version, draft.Version.State, draft.Version.Name).ShouldBe((2, DefinitionState.Draft, "Half done"));
        draft.Json.ShouldContain("open-child-v2");
        (await LinesAsync(await StartAsync("open-parent"))).ShouldBe(["one"]);
    }

    [Fact]
    public async Task The_version_that_an_activity_names_wins_and_an_unknown_one_falls_back_to_the_name()
    {
        await PublishAsync("names-child", Says("one"), Usable);
        await PublishAsync("names-child", Says("two"), Usable);
        await PublishAsync("names-parent", $$"""
            {"id":"a","type":"NamesChild","version":1,"workflowDefinitionId":"names-child","workflowDefinitionVersionId":"names-child-v1"},
            {"id":"b","type":"NamesChild","version":1,"workflowDefinitionId":"gone","workflowDefinitionVersionId":"gone"},
            {"id":"c","type":"Any","version":1,"workflowDefinitionId":"names-child"}
            """);

        (await LinesAsync(await StartAsync("names-parent"))).ShouldBe(["one", "two", "two"]);
        var updated = (await InTransactionAsync((store, connection) => store.UpdateConsumersAsync(connection, "names-child", null, default))).Require();
        updated.ShouldHaveSingleItem().DefinitionVersionId.ShouldBe("names-parent-v2");
        (await LinesAsync(await StartAsync("names-parent"))).ShouldBe(["two", "two", "two"]);
    }

    [Fact]
    public async Task What_is_not_meant_to_be_an_activity_or_contains_itself_is_not_published()
    {
        await PublishAsync("plain", Says("one"));
        (await ErrorAsync("uses-plain", Uses("Plain"))).ShouldContain("'Plain' is not known");

        await PublishAsync("ring-a", Says("one"), Usable);
        await PublishAsync("ring-b", Uses("RingA"), Usable);
        (await ErrorAsync("ring-a", Uses("RingB"))).ShouldContain("'RingA' is not known");
        (await LinesAsync(await StartAsync("ring-b"))).ShouldBe(["one"]);
    }

    [Fact]
    public async Task Parts_that_are_sound_by_themselves_may_be_too_many_together()
    {
        var many = string.Join(',', Enumerable.Range(0, 500).Select(number => $$"""{"id":"w{{number}}","type":"Elsa.Start","version":1}"""));
        var uses = string.Join(',', Enumerable.Range(0, 5).Select(number => Uses("ManyChild", $"u{number}")));
        await PublishAsync("many-child", "", UsableAndUpdating);
        var parent = await PublishAsync("many-parent", uses);

        await PublishAsync("many-child", many, UsableAndUpdating);

        (await ErrorAsync("many-other", uses)).ShouldContain("more than 2000 activities");
        var (draft, _) = await ExportAsync("many-parent");
        (draft.Version, draft.State).ShouldBe((2, DefinitionState.Draft), "it is wrong with the new child, which its editor finds out");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await app.Services.GetRequiredService<WorkflowDefinitions>().GetPublishedAsync(connection, "many-parent", default)).Id.ShouldBe(parent.DefinitionVersionId);
    }

    private static string Says(string line) =>
        $$"""{"id":"e","type":"Elsa.Event","version":1,"eventName":"Go"},{"id":"w","type":"Elsa.WriteLine","version":1,"text":"{{line}}"}""";

    private static string Uses(string type, string id = "use") => $$"""{"id":"{{id}}","type":"{{type}}","version":1}""";

    private static string Json(string id, string activities, string options) =>
        StoredDefinitions.Json(id, activities, options).Replace($"\"name\":\"{id}\"", $"\"name\":\"{id.Replace('-', ' ')}\"", StringComparison.Ordinal);

    private Task<DefinitionVersion> PublishAsync(string id, string activities, string options = "") =>
        InTransactionAsync((store, connection) => store.PublishAsync(connection, id, id, Json(id, activities, options), null, default));

    private async Task<string> ErrorAsync(string id, string activities) =>
        (await Should.ThrowAsync<InvalidDataException>(PublishAsync(id, activities, Usable))).Message;

    private async Task<(DefinitionVersion Version, string Json)> ExportAsync(string id)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var version = (await WorkflowDefinitions.ListVersionsAsync(connection, id, 0, 1, default)).Versions.Single();
        return (version, (await WorkflowDefinitions.ExportAsync(connection, version.DefinitionVersionId, default))!);
    }

    /// <summary>Starts an instance, which waits in the child for an event.</summary>
    private async Task<Guid> StartAsync(string id)
    {
        var (project, instance) = (await app.ProjectAsync(), Guid.CreateVersion7());
        await using var scope = app.Services.CreateAsyncScope();
        await InTransactionAsync(async (_, connection) =>
        {
            await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>()
                .StartAsync(connection, new CommunityId(1), project, instance, id, [], await connection.CouncilNowAsync(), default);
            return instance;
        });
        return instance;
    }

    /// <summary>Lets the instances go on to their ends.</summary>
    /// <returns>What each has written, one after the other.</returns>
    private async Task<IReadOnlyList<string>> LinesAsync(params Guid[] instances)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        while (await connection.QueryFirstOrDefaultAsync<Guid?>("select project_id from workflow_instance where instance_id = any(@instances) and status = 'Running' limit 1", new { instances }) is { } project)
        {
            await app.StartAsync(new ProjectId(project), "go", """{"id":"p","type":"Elsa.PublishEvent","version":1,"eventName":"Go"}""");
            await app.DrainAsync();
        }

        var lines = new List<string>();
        foreach (var instance in instances)
        {
            lines.AddRange(await connection.QueryAsync<string>(
                "select details->>'line' from workflow_journal where instance_id = @instance and details->>'line' is not null order by sequence", new { instance }));
        }

        return lines;
    }

    private async Task<T> InTransactionAsync<T>(Func<WorkflowDefinitions, NpgsqlConnection, Task<T>> act)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await act(app.Services.GetRequiredService<WorkflowDefinitions>(), connection);
        await transaction.CommitAsync();
        return result;
    }
}
