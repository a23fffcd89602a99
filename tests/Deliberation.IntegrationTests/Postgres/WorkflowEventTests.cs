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

        (await connection.QueryAsync<Guid>("select instance_id from workflow_inbox")).Order().ShouldBe(new[] { later, another }.Order(), "who is over keeps no event");

        await app.Database.SetCouncilTimeAsync(await app.Database.CouncilNowAsync() + TimeSpan.FromDays(2));
        await app.DrainAsync();
        (await StatusAsync(later)).ShouldBe("Finished", "the event came a day early and was kept");
        (await StatusAsync(another)).ShouldBe("Suspended");
    }

    private async Task<string?> StatusAsync(Guid instance)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>("select sub_status from workflow_instance where instance_id = @instance", new { instance });
    }
}
