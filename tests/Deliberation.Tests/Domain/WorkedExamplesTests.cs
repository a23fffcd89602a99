using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;

namespace Deliberation.Tests.Domain;

/// <summary>Every worked example of the specification, decided by the same code as <c>decide</c>.</summary>
public sealed class WorkedExamplesTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "worked-examples.json"));

    private static readonly Dictionary<string, JsonNode> Decisions =
        Examples.Decide(Text).ToDictionary(d => d!["id"]!.ToString(), d => d!, StringComparer.Ordinal);

    public static TheoryData<string> Ids => [.. Examples_().Select(e => e["id"]!.ToString())];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_decision_agrees_with_the_example(string id)
    {
        var expected = Examples_().Single(e => e["id"]!.ToString() == id)["expected"]!.AsObject();
        var outcome = Decisions[id]["outcome"]!.AsObject();
        foreach (var (key, value) in expected)
            Assert.True(JsonNode.DeepEquals(Plain(value), Plain(outcome[key])), $"{key}: expected {value?.ToJsonString()}, was {outcome[key]?.ToJsonString()}");
    }

    [Fact]
    public void All_sixty_seven_examples_are_decided() => Assert.Equal(67, Decisions.Count);

    [Fact]
    public void A_decision_shows_its_arithmetic() =>
        Assert.Equal(["7×3 ≥ 9×2", "85100×3 ≥ 122100×2", "5×2 > 7", "66100×2 > 85100"],
            Decisions["owner-1"]["arithmetic"]!.AsArray().Select(l => l!.ToString()));

    [Fact]
    public void An_unknown_rule_is_named() => Assert.Contains("'Nonsense'",
        Assert.Throws<ExampleException>(() => Examples.Decide("""{"id":"x","rule":"Nonsense","input":{}}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_reference_in_a_circle_is_refused() =>
        Assert.Throws<ExampleException>(() => Examples.Decide("""{"examples":[{"id":"a","rule":"BudgetGreedy","input":{"sameAs":"a"}}]}"""));

    private static IEnumerable<JsonObject> Examples_() => JsonNode.Parse(Text)!["examples"]!.AsArray().Select(e => e!.AsObject());

    /// <summary>26.0 and 26 are one number.</summary>
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Plain(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        JsonValue value when decimal.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number / 1.000000000000000000000000000000000m),
        null => null,
        _ => node.DeepClone(),
    };
}
