using System.Text.Json.Nodes;
using Deliberation.Workflows.Definitions;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Import → export gives every definition back, byte for byte once its members are in order.</summary>
public sealed class LosslessDefinitionTests(StoredDefinitions stored) : IClassFixture<StoredDefinitions>
{
    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "workflows");

    public static TheoryData<string> ElsaFiles => [.. Files(SharedTheoryAttribute.Folder).DefaultIfEmpty("")];

    public static TheoryData<string> ShippedFiles => [.. Files(Shipped)];

    [SharedTheory]
    [MemberData(nameof(ElsaFiles))]
    public Task A_definition_of_Elsa_comes_back_whole(string file) => ComesBackAsync(File.ReadAllText(Path.Combine(SharedTheoryAttribute.Folder!, file)));

    [Theory]
    [MemberData(nameof(ShippedFiles))]
    public Task A_definition_of_ours_comes_back_whole(string file) => ComesBackAsync(File.ReadAllText(Path.Combine(Shipped, file)));

    [Theory]
    [InlineData("[1.0,1.50,1e5,1E+2,-0.0,0.1000,12345678901234567890123,1.7976931348623157e308]")]
    [InlineData("""{"z":{"b":null,"a":[]},"a":"“中” </script> ' + &","id":"kept","version":1.0,"isPublished":"yes"}""")]
    public async Task Numbers_texts_and_unknown_members_come_back_as_they_were_spelt(string value) =>
        (await ComesBackAsync($$"""{"id":"mine","version":7,"isPublished":true,"definitionId":"spelt","name":"😀 \u4e2d \/","x":{{value}},"root":{"type":"X","y":{{value}} } }""")).Split(value).Length.ShouldBe(3);

    /// <returns>The export.</returns>
    private async Task<string> ComesBackAsync(string json)
    {
        var draft = await stored.SaveAsync(json);
        var exported = await stored.ExportAsync(draft);
        var expected = DefinitionJson.Parse(json.TrimStart('\uFEFF'));
        expected["id"] = draft.DefinitionVersionId;
        expected["version"] = draft.Version;
        expected["isPublished"] = false;
        expected["isLatest"] = true;
        DefinitionJson.Write(Ordered(DefinitionJson.Parse(exported))).ShouldBe(DefinitionJson.Write(Ordered(expected)));
        return exported;
    }

    private static JsonObject Ordered(JsonObject members) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Ordered(member.Value))));

    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject members => Ordered(members),
        JsonArray items => new JsonArray([.. items.Select(Ordered)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Paths of the definitions below a folder, none when it is null.</summary>
    private static IEnumerable<string> Files(string? folder) => folder is null
        ? []
        : Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "index.json")
            .Select(file => Path.GetRelativePath(folder, file))
            .Order(StringComparer.Ordinal);
}
