using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Definitions;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>What Elsa's own tests assert of publishing and of the reference graph, on our store. The cases are not part of this repository.</summary>
public sealed class ElsaPublishingTests(StoredDefinitions stored) : IClassFixture<StoredDefinitions>
{
    public static TheoryData<string> Validations => ["publish-cron-good", "publish-cron-bad", "publish-timer"];

    [SharedTheory]
    [MemberData(nameof(Validations))]
    public async Task Publishing_succeeds_or_fails_with_the_words_of_Elsa(string id)
    {
        var asserted = Case(id)["asserted"]!;
        var draft = await stored.SaveAsync(Files(id).Single());

        var outcome = (await stored.PublishAsync(draft.DefinitionId, draft.Hash)).Require();

        (outcome.Version is not null).ShouldBe((bool)asserted["publishSucceeds"]!);
        outcome.Messages.Where(message => message.Severity == LintSeverity.Error).Select(message => message.Message)
            .ShouldBe((asserted["validationErrors"] as JsonArray ?? []).Select(error => (string)error!));
    }

    [SharedTheory]
    [InlineData("publish-updates-consumers")]
    public async Task Publishing_a_workflow_gives_its_new_version_to_those_that_use_it(string id)
    {
        await ImportAsync(id);
        var child = DefinitionJson.Parse(await stored.ExportAsync((await stored.LatestAsync("child")).ShouldNotBeNull()));
        child["description"] = "Changed";

        var draft = await stored.SaveAsync(DefinitionJson.Write(child));
        var consumer = (await stored.PublishAsync("child", draft.Hash)).Require().Consumers.ShouldHaveSingleItem();

        (consumer.DefinitionId, consumer.State).ShouldBe(("parent", DefinitionState.Draft));
        var activity = DefinitionJson.Parse(await stored.ExportAsync(consumer))["root"]!["activities"]![0]!;
        ((int)activity["version"]!).ShouldBe((int)Case(id)["asserted"]!["parentChildActivityVersionAfterPublish"]!);
        ((string?)activity["workflowDefinitionVersionId"]).ShouldBe("child-v2");
    }

    [SharedTheory]
    [InlineData("reference-graph")]
    public async Task Consumers_are_found_through_others(string id)
    {
        await ImportAsync(id);

        foreach (var (definition, consumers) in (JsonObject)Case(id)["asserted"]!["consumersOf"]!)
        {
            (await ConsumersAsync(definition)).Require().ShouldBe(((JsonArray)consumers!).Select(consumer => (string)consumer!));
        }

        (await ConsumersAsync("nobody's")).ShouldBeOfType<Result<string[]>.Refused>().Reason.Kind.ShouldBe(RefusalKind.NotFound);
    }

    private Task<Result<string[]>> ConsumersAsync(string definition) =>
        stored.DoAsync(connection => WorkflowDefinitions.ConsumersAsync(connection, definition, default));

    /// <summary>Stores the files of a case in their order, each in the state that it names.</summary>
    private async Task ImportAsync(string id)
    {
        foreach (var json in Files(id))
        {
            _ = (bool?)DefinitionJson.Parse(json)["isPublished"] == true ? await stored.PublishAsync(json) : await stored.SaveAsync(json);
        }
    }

    private static JsonNode Case(string id) =>
        ((JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(SharedTheoryAttribute.Folder!, "index.json")))!["cases"]!).Single(item => (string?)item!["id"] == id)!;

    private static IEnumerable<string> Files(string id) =>
        ((JsonArray)Case(id)["files"]!).Select(file => File.ReadAllText(Path.Combine(SharedTheoryAttribute.Folder!, (string)file!["file"]!)));
}
