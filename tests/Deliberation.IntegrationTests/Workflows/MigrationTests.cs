using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Running instances keep their version until somebody moves them: looked at first, all or none, nothing done twice.</summary>
public sealed class MigrationTests(TestApp app) : IClassFixture<TestApp>
{
    private const string First = """{"id":"first","type":"Elsa.WriteLine","text":"first"}""";
    private const string Wait = """{"id":"wait","type":"Elsa.Event","eventName":"Go"}""";
    private const string Other = """{"id":"other","type":"Elsa.Event","eventName":"Other"}""";

    private static readonly CommunityId Community = new(1);

    [Fact]
    public async Task A_dry_run_shows_what_the_move_then_does()
    {
        var project = await app.ProjectAsync();
        var one = await app.StartRootAsync(project, "moves", Flow("one"));
        var two = await app.StartRootAsync(project, "moves", Flow("one"));
        var (old, published) = (await VersionAsync(one), await app.PublishRootAsync("moves", Flow("two")));

        var plan = await MigrateAsync(old, published, isDryRun: true);
        plan.CanBeMade.ShouldBeTrue();
        plan.IsMade.ShouldBeFalse();
        plan.Changes.ShouldHaveSingleItem().Name.ShouldBe("end");
        plan.Instances.Select(instance => instance.InstanceId).ShouldBe(new[] { one, two }.Order());
        plan.Instances[0].Waiting.ShouldBe(["wait"]);
        (await VersionAsync(one)).ShouldBe(old);

        (await MigrateAsync(old, published, isDryRun: false)).IsMade.ShouldBeTrue();
        (await VersionAsync(one)).ShouldBe(published);
        await GoAsync(project);
        (await app.LinesAsync(one)).ShouldBe(["first", "two"]);
        (await app.LinesAsync(two)).ShouldBe(["first", "two"]);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from audit_entry where action = 'MigrateInstances' and details ->> 'to' = @published", new { published })).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_does_not_fit_keeps_all_where_they_are()
    {
        var project = await app.ProjectAsync();
        var root = StoredWorkflows.Flowchart($$"""{{First}},{"id":"both","type":"Elsa.FlowFork","branches":["A","B"]},{{Wait}},{{Other}}""", "first-both", "both:A-wait", "both:B-other");
        var fits = await app.StartRootAsync(project, "stays", root);
        var misfit = await app.StartRootAsync(project, "stays", root);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into workflow_inbox (community_id, instance_id, event_id, name, key, created_at) values (1, @fits, gen_random_uuid(), 'Elsa.Event', 'Other', council_now())
            """,
            new { fits });
        await app.DrainAsync();
        var (old, published) = (await VersionAsync(fits), await app.PublishRootAsync("stays", StoredWorkflows.Flowchart($"{First},{Wait}", "first-wait")));

        var migration = await MigrateAsync(old, published, isDryRun: false);
        migration.IsMade.ShouldBeFalse();
        migration.Instances.Single(instance => instance.InstanceId == fits).Problems.ShouldBeEmpty();
        migration.Instances.Single(instance => instance.InstanceId == misfit).Problems.ShouldHaveSingleItem().NodeId.ShouldEndWith(":other");
        (await VersionAsync(fits)).ShouldBe(old);
        (await VersionAsync(misfit)).ShouldBe(old);
    }

    [Fact]
    public async Task Only_versions_of_one_definition_and_only_an_admin_with_a_reason()
    {
        var instance = await app.StartRootAsync(await app.ProjectAsync(), "guards", Flow("one"));
        var old = await VersionAsync(instance);
        var elsewhere = await app.PublishRootAsync("guards-other", Flow("one"));
        var published = await app.PublishRootAsync("guards", Flow("two"));
        (await RefusalAsync(new MigrateInstances(await app.StaffAsync("admin"), Community, old, elsewhere, [], false, "x"))).ShouldBe("access.not-found");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var draft = (await app.Services.GetRequiredService<WorkflowDefinitions>().RevertAsync(connection, "guards", 1, null, default)).Require().Version!;
        (await RefusalAsync(new MigrateInstances(await app.StaffAsync("admin"), Community, old, draft.DefinitionVersionId, [], false, "x"))).ShouldBe("access.not-found", "a draft may still change");
        (await RefusalAsync(new MigrateInstances(await app.StaffAsync("admin"), Community, old, published, [], false, ""))).ShouldBe("workflow.reason-missing");
        (await RefusalAsync(new MigrateInstances(await app.StaffAsync("staff"), Community, old, published, [], false, "x"))).ShouldBe("access.not-allowed");
        (await VersionAsync(instance)).ShouldBe(old);
    }

    private static string Flow(string line) => StoredWorkflows.Flowchart($$"""{{First}},{{Wait}},{"id":"end","type":"Elsa.WriteLine","text":"{{line}}"}""", "first-wait", "wait-end");

    private async Task<Migration> MigrateAsync(string from, string to, bool isDryRun) =>
        (await app.SendAsync(new MigrateInstances(await app.StaffAsync("admin"), Community, from, to, [], isDryRun, "the new rule"))).Require();

    private async Task<string?> RefusalAsync(MigrateInstances request) => await app.SendAsync(request) is Result<Migration>.Refused { Reason: var reason } ? reason.Code : null;

    private async Task<string> VersionAsync(Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("select definition_version_id from workflow_instance where instance_id = @instance", new { instance });
    }

    private async Task GoAsync(ProjectId project)
    {
        await app.StartAsync(project, "goes", """{"id":"p","type":"Elsa.PublishEvent","eventName":"Go"}""");
        await app.DrainAsync();
    }
}
