using Dapper;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Waits of any length: Elsa's scheduler throws beyond 24.8 days, and again at each start.</summary>
public sealed class LongWaitTests(TestApp app) : IClassFixture<TestApp>
{
    [Theory]
    [InlineData("30.00:00:00")]
    [InlineData("4000.00:00:00")]
    public async Task A_wait_of_weeks_or_years_ends_on_its_day_and_once(string span)
    {
        var began = await app.Database.CouncilNowAsync();
        var instance = await app.StartAsync(await app.ProjectAsync(), "waits-long", $$"""{"id":"d","type":"Elsa.Delay","timeSpan":"{{span}}"},{"id":"w","type":"Elsa.WriteLine","text":"gone"}""");
        var due = began + TimeSpan.Parse(span, System.Globalization.CultureInfo.InvariantCulture);

        await app.AdvanceToAsync(due - TimeSpan.FromMinutes(1));
        (await app.StatusAsync(instance)).ShouldBe("Suspended");
        await app.AdvanceToAsync(due + TimeSpan.FromMinutes(1));
        (await app.LinesAsync(instance)).ShouldBe(["gone"]);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from workflow_timer_log where instance_id = @instance", new { instance })).ShouldBe(1);
    }
}
