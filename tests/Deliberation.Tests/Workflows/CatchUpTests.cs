using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>What a series of timers does after an outage: goes on from now, or fires for each occurrence that was missed.</summary>
public sealed class CatchUpTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly ActivityRegistry Registry = new();
    private static readonly WorkflowEngine Engine = new(Registry);

    [Theory]
    [InlineData("""{"id":"t","type":"Elsa.Timer","interval":"01:00:00"}""", "09:00 12:30")]
    [InlineData("""{"id":"t","type":"Elsa.Timer","interval":"01:00:00","catchUp":"Once"}""", "09:00 12:30")]
    [InlineData("""{"id":"t","type":"Elsa.Timer","interval":"01:00:00","catchUp":"Each"}""", "09:00 10:00 11:00 12:00")]
    [InlineData("""{"id":"t","type":"Elsa.Cron","cronExpression":"0 0 * * * *"}""", "09:00 12:00")]
    [InlineData("""{"id":"t","type":"Elsa.Cron","cronExpression":"0 0 * * * *","catchUp":"Each"}""", "09:00 10:00 11:00 12:00")]
    public void Found_at_half_past_eleven_an_hourly_series_goes_on_as_it_was_asked_to(string timer, string dueInstants)
    {
        var definition = Read(timer).Definition!;
        var found = Start.AddHours(3.5);
        var at = Engine.Start(definition, "i", [], null, Start, []);
        List<DateTimeOffset> due = [at.AddedBookmarks.Single().DueAt!.Value];
        while (due[^1] <= found)
        {
            at = Engine.Resume(definition, at.State, at.AddedBookmarks.Single().Id, null, found, []);
            due.Add(at.AddedBookmarks.Single().DueAt!.Value);
        }

        string.Join(' ', due.Select(instant => $"{instant:HH:mm}")).ShouldBe(dueInstants);
        at.AddedBookmarks.Single().CatchUp.ShouldBe(timer.Contains("Each", StringComparison.Ordinal) ? CatchUp.Each : CatchUp.Once);
    }

    [Fact]
    public void One_that_was_brought_forward_counts_from_when_it_fired()
    {
        var definition = Read("""{"id":"t","type":"Elsa.Timer","interval":"01:00:00","catchUp":"Each"}""").Definition!;
        var start = Engine.Start(definition, "i", [], null, Start, []);
        var next = Engine.Resume(definition, start.State, start.AddedBookmarks.Single().Id, null, Start.AddMinutes(10), []);
        next.AddedBookmarks.Single().DueAt.ShouldBe(Start.AddMinutes(70));
    }

    [Fact]
    public void Another_word_than_once_or_each_is_refused_with_its_place() =>
        Read("""{"id":"t","type":"Elsa.Timer","interval":"01:00:00","catchUp":"Skip"}""").Messages.Single().ToString().ShouldContain("Skip");

    private static (WorkflowDefinition? Definition, IReadOnlyList<LintMessage> Messages) Read(string timer) => WorkflowDefinitionReader.Read(
        JsonNode.Parse($$"""{"id":"s1","definitionId":"s","name":"S","root":{"id":"w","type":"Elsa.While","condition":true,"body":{{timer}}} }""")!.ToJsonString(), Registry);
}
