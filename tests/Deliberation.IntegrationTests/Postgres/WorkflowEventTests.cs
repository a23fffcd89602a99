using Dapper;
using Deliberation.Postgres;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Elsa's own activities on the stored engine: named events, early ones included; lines.</summary>
public sealed class WorkflowEventTests(TestApp app) : IClassFixture<TestApp>
{
    private const string Waits = """{"id":"e","type":"Elsa.Event","version":1,"eventName":"Go"}""";
    private const string WaitsTomorrow = """{"id":"d","type":"Elsa.Delay","version":1,"timeSpan":"1.00:00:00"},""" + Waits;
    private const string WaitsForAnother = """{"id":"e","type":"Elsa.Event","version":1,"eventName":"Stop"}""";
    private const string Publishes = """{"id":"w","type":"Elsa.WriteLine","version":1,"text":"about to go"},{"id":"p","type":"Elsa.PublishEvent","version":1,"eventName":"Go"}""";
    private const string PublishesToItself = """{"id":"p","type":"Elsa.PublishEvent","version":1,"eventName":"Go","isLocalEvent":true},""" + Waits;

    [Fact]
    public async Task A_named_event_reaches_whoever_waits_in_the_project_and_whoever_waits_later()
    {
        var project = await app.ProjectAsync();
        var waiting = await app.StartAsync(project, "event-waits", Waits);
        var later = await app.StartAsync(project, "event-tomorrow", WaitsTomorrow);
        var another = await app.StartAsync(project, "event-another", WaitsForAnother);
        var elsewhere = await app.StartAsync(await app.ProjectAsync(), "event-waits", Waits);
        var itself = await app.StartAsync(project, "event-itself", PublishesToItself);
        await app.DrainAsync();
        (await StatusAsync(waiting)).ShouldBe("Suspended", "a local event is its own instance's");
        (await StatusAsync(itself)).ShouldBe("Finished");

        var publisher = await app.StartAsync(project, "event-publishes", Publishes);
        await app.DrainAsync();
        (await StatusAsync(waiting)).ShouldBe("Finished");
        (await StatusAsync(later)).ShouldBe("Suspended");
        (await StatusAsync(another)).ShouldBe("Suspended");
        (await StatusAsync(elsewhere)).ShouldBe("Suspended");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<string>(
            "select details->>'line' from workflow_journal where instance_id = @publisher and activity_id = 'w' and event = 'Completed'", new { publisher })).ShouldBe("about to go");

        (await connection.QueryAsync<Guid>("select instance_id from workflow_inbox join workflow_instance using (community_id, instance_id) where project_id = @project", new { project })).Order().ShouldBe(new[] { later, another }.Order(), "who is over keeps no event");

        await app.Database.SetCouncilTimeAsync(await app.Database.CouncilNowAsync() + TimeSpan.FromDays(2));
        await app.DrainAsync();
        (await StatusAsync(later)).ShouldBe("Finished", "the event came a day early and was kept");
        (await StatusAsync(another)).ShouldBe("Suspended");
    }

    [Fact]
    public async Task An_event_that_nobody_waits_for_yet_is_kept_for_a_workflow_that_starts_later_and_taken_once()
    {
        var project = await app.ProjectAsync();
        await app.StartAsync(project, "event-publishes", Publishes);
        await app.DrainAsync();
        var elsewhere = await app.StartAsync(await app.ProjectAsync(), "event-waits", Waits);
        var first = await app.StartAsync(project, "event-waits", Waits);
        await app.DrainAsync();
        (await StatusAsync(first)).ShouldBe("Finished", "it was published before this one began");
        (await StatusAsync(elsewhere)).ShouldBe("Suspended");

        var second = await app.StartAsync(project, "event-waits", Waits);
        await app.DrainAsync();
        (await StatusAsync(second)).ShouldBe("Suspended", "somebody has taken it");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from workflow_early_event where project_id = @project", new { project })).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_for_a_correlation_waits_for_the_workflow_that_has_it()
    {
        var project = await app.ProjectAsync();
        await app.StartAsync(project, "event-for-seven", """{"id":"p","type":"Elsa.PublishEvent","eventName":"Go","correlationId":"seven"}""");
        var without = await app.StartAsync(project, "event-waits", Waits);
        var seven = await app.StartAsync(project, "event-waits-seven", """{"id":"c","type":"Elsa.Correlate","correlationId":"seven"},""" + Waits);
        await app.DrainAsync();
        (await StatusAsync(without)).ShouldBe("Suspended");
        (await StatusAsync(seven)).ShouldBe("Finished");
    }

    [Fact]
    public async Task An_event_that_nobody_took_stands_in_the_journal_when_the_workflow_ends()
    {
        var project = await app.ProjectAsync();
        var waiting = await app.StartAsync(project, "event-another", WaitsForAnother);
        await app.StartAsync(project, "event-publishes", Publishes);
        await app.StartAsync(project, "event-stops", """{"id":"p","type":"Elsa.PublishEvent","eventName":"Stop"}""");
        await app.DrainAsync();
        (await StatusAsync(waiting)).ShouldBe("Finished");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.QueryAsync<string>("select details ->> 'event' from workflow_journal where instance_id = @waiting and event = 'Unclaimed'", new { waiting })).ShouldBe(["Go"]);
        (await connection.ExecuteScalarAsync<bool>(
            "select max(sequence) = count(*) from workflow_journal where instance_id = @waiting", new { waiting })).ShouldBeTrue("the journal has no gap");
    }

    private async Task<string?> StatusAsync(Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>("select sub_status from workflow_instance where instance_id = @instance", new { instance });
    }
}
