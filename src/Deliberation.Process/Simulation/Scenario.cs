using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Process.Simulation;

/// <summary>How people behave in a simulation. Where it says nothing, everybody does everything well and in time.</summary>
/// <remarks>
/// JSON: <c>{"inputs":{"Seats":5},"answers":{"vote":["Runoff","Filled"],"stage-evaluate/evaluate":["Unsatisfied"]}}</c>. Answers are taken one a
/// visit, in order, by activity id or by definition and activity id; an answer is an outcome, a whole payload with <c>outcome</c>, or
/// <c>"-"</c>: nobody acts before the window or the ladder does.
/// </remarks>
public sealed record Scenario
{
    /// <summary>Nobody deviates.</summary>
    public static Scenario AllGood { get; } = new();

    /// <summary>Inputs that differ from the template's defaults.</summary>
    public JsonObject Inputs { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<JsonNode?>> Answers { get; init; } = new Dictionary<string, IReadOnlyList<JsonNode?>>();

    /// <exception cref="JsonException">The text is no scenario.</exception>
    public static Scenario Parse(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject source)
        {
            throw new JsonException("A scenario is an object with inputs and answers.");
        }

        return new Scenario
        {
            Inputs = source["inputs"] as JsonObject ?? [],
            Answers = (source["answers"] as JsonObject ?? []).ToDictionary(
                answer => answer.Key,
                answer => (IReadOnlyList<JsonNode?>)(answer.Value is JsonArray list ? [.. list] : [answer.Value])),
        };
    }
}
