using Dapper;
using Deliberation.Features.Workflows;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Each wait ends once, however often its event is delivered and however many nodes find it. Elsa resumed twice in 100 of 100 tries.</summary>
public sealed class OneOutcomeTests(TestApp app) : IClassFixture<TestApp>
{
    private const int Instances = 10_000;
    private const int WorkersOfANode = 4;

    [Fact]
    public async Task Two_nodes_that_find_ten_thousand_waits_delivered_twice_resume_each_once()
    {
        var first = await app.StartAsync(await app.ProjectAsync(), "waits-once", """{"id":"e","type":"Elsa.Event","eventName":"Go"},{"id":"w","type":"Elsa.WriteLine","text":"gone"}""");
        await app.DataSource.CopyAsync(first, Instances - 1);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into workflow_inbox (community_id, instance_id, event_id, name, key, payload, created_at)
            select community_id, instance_id, gen_random_uuid(), b.name, b.key, '{}', council_now()
            from workflow_bookmark b join workflow_instance using (community_id, instance_id), generate_series(1, 2) as delivery
            where definition_id = 'waits-once';
            analyze workflow_inbox, workflow_instance, workflow_bookmark
            """,
            commandTimeout: 120);

        using FoundWork here = new(app.DataSource), there = new(app.DataSource);
        await Task.WhenAll(new[] { here, there }.SelectMany(found =>
        {
            var node = ActivatorUtilities.CreateInstance<DueWorkHandler>(app.Services, found);
            return Enumerable.Range(0, WorkersOfANode).Select(_ => Task.Run(async () =>
            {
                while (await node.RunOneAsync(default))
                {
                }
            }));
        }));
        await app.DrainAsync(); // what was in the other node's hands when one looked last

        (await connection.QuerySingleAsync<(int Finished, int Lines, int Unclaimed, int Steps, int Left)>(
            """
            with mine as (select * from workflow_instance where definition_id = 'waits-once'),
                 journal as (select j.* from workflow_journal j join mine using (community_id, instance_id))
            select (select count(*)::int from mine where sub_status = 'Finished'),
                   (select count(*)::int from journal where details ->> 'line' = 'gone'),
                   (select count(*)::int from journal where event = 'Unclaimed'),
                   (select max(version)::int from mine),
                   (select count(*)::int from workflow_inbox join mine using (community_id, instance_id)) + (select count(*)::int from workflow_bookmark join mine using (community_id, instance_id))
            """)).ShouldBe((Instances, Instances, Instances, 3, 0));
    }

    [Fact]
    public async Task An_event_with_an_id_that_was_there_is_the_same_event()
    {
        var project = await app.ProjectAsync();
        var instance = await app.StartAsync(project, "waits-twice", """{"id":"a","type":"Elsa.Event","eventName":"Go"},{"id":"b","type":"Elsa.Event","eventName":"Go"}""");
        var message = new Deliberation.Postgres.Workflows.WorkflowEvent(new(1), instance, Guid.CreateVersion7(), null, "Elsa.Event", "Go", null, await app.Database.CouncilNowAsync());
        await using var connection = await app.DataSource.OpenConnectionAsync();
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await Deliberation.Postgres.Workflows.WorkflowInbox.AddWorkflowEventAsync(connection, message, default);
        }

        await app.DrainAsync();
        (await app.StatusAsync(instance)).ShouldBe("Suspended");
        (await connection.ExecuteScalarAsync<string>("select activity_id from workflow_bookmark where instance_id = @instance", new { instance })).ShouldBe("b");
    }
}
