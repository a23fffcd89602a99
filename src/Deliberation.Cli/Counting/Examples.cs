using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Cli.Counting;

/// <summary>An example that cannot be decided: says which and why.</summary>
public sealed class ExampleException(string message) : FormatException(message);

/// <summary>What a rule answers: the outcome in the keys of the worked examples, and its arithmetic.</summary>
internal sealed record ExampleOutcome(JsonObject Outcome, Explanation? Explanation);

/// <summary>Decides worked examples: <c>{"id", "rule", "input"}</c>, or <c>{"examples": […]}</c> where inputs may refer to others by <c>sameAs</c>.</summary>
public static class Examples
{
    private static readonly Dictionary<string, Func<JsonObject, ExampleOutcome>> Rules = new(StringComparer.Ordinal)
    {
        ["OwnerRoll"] = OwnersExamples.Roll,
        ["OwnerAssembly"] = OwnersExamples.Assembly,
        ["VillageAssembly"] = i => MeetingExamples.Decide(MeetingBody.VillagersAssembly, i),
        ["VillageGroup"] = i => MeetingExamples.Decide(MeetingBody.GroupMeeting, i),
        ["VillageRepresentatives"] = i => MeetingExamples.Decide(MeetingBody.VillagersRepresentativesAssembly, i),
        ["ResidentAssembly"] = i => MeetingExamples.Decide(MeetingBody.ResidentsAssembly, i),
        ["ResidentRepresentatives"] = i => MeetingExamples.Decide(MeetingBody.ResidentsRepresentativesAssembly, i),
        ["CouncilMeeting"] = i => MeetingExamples.Decide(MeetingBody.CouncilMeeting, i),
        ["CommitteeElection"] = i => ElectionExamples.Decide(OfficeElection.Decide, i),
        ["SupplementaryElection"] = i => ElectionExamples.Decide(OfficeElection.DecideSupplementary, i),
        ["RunoffElection"] = i => ElectionExamples.Decide(OfficeElection.DecideRunoff, i),
        ["Majority"] = MeetingExamples.ByMajority,
        ["Consent"] = MeetingExamples.ByConsent,
        ["Plurality"] = i => RankedExamples.Totals("votes", Plurality.Decide(RankedExamples.Papers(i))),
        ["Approval"] = RankedExamples.ByApproval,
        ["Borda"] = RankedExamples.ByBorda,
        ["Condorcet"] = RankedExamples.ByPairs,
        ["Schulze"] = i => RankedExamples.BySchulze(i, LinkStrength.WinningVotes),
        ["SchulzeMargins"] = i => RankedExamples.BySchulze(i, LinkStrength.Margins),
        ["InstantRunoff"] = RankedExamples.ByRunoff,
        ["Score"] = RankedExamples.ByScore,
        ["Star"] = RankedExamples.ByStar,
        ["Limited"] = i => RankedExamples.Totals("votes", Limited.Decide(RankedExamples.Papers(i), i.Whole("seats", 1))),
        ["StvScottish"] = RankedExamples.ByScottish,
        ["StvMeek"] = RankedExamples.ByMeek,
        ["BudgetGreedy"] = i => BudgetExamples.Decide(BudgetRule.Greedy, i),
        ["BudgetGreedyNoSkip"] = i => BudgetExamples.Decide(BudgetRule.GreedyNoSkip, i),
        ["EqualShares"] = i => BudgetExamples.Decide(BudgetRule.EqualShares, i),
        ["MatchingGrant"] = BudgetExamples.Grant,
    };

    /// <returns><c>[{"id","rule","outcome":{…},"arithmetic":[…]}]</c>.</returns>
    /// <exception cref="ExampleException">An example has no known rule or an input of another shape.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonArray Decide(string text)
    {
        var root = JsonNode.Parse(text.TrimStart('\uFEFF')) as JsonObject ?? throw new ExampleException("expected a JSON object");
        List<JsonObject> examples = root["examples"] is JsonArray list ? [.. list.OfType<JsonObject>()] : [root];
        var byId = examples.Where(e => e["id"] is JsonValue).GroupBy(e => e["id"]!.ToString(), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return [.. examples.Select(e => (JsonNode)Decide(e, byId))];
    }

    private static JsonObject Decide(JsonObject example, Dictionary<string, JsonObject> byId)
    {
        var id = example["id"]?.ToString() ?? "";
        var rule = example["rule"]?.ToString() ?? "";
        if (!Rules.TryGetValue(rule, out var decide)) throw new ExampleException($"example '{id}': no such rule: '{rule}'");
        if (example["input"] is not JsonObject input) throw new ExampleException($"example '{id}': there is no input");
        try
        {
            var (outcome, explanation) = decide(Resolve(input, byId, 0));
            return new()
            {
                ["id"] = id,
                ["rule"] = rule,
                ["outcome"] = outcome,
                ["arithmetic"] = Json.List(explanation?.Arithmetic ?? []),
            };
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // What JSON nodes, numbers and rules throw for a value of another shape or out of bounds.
            throw new ExampleException($"example '{id}': {exception.Message}");
        }
    }

    /// <summary>Replaces <c>{"sameAs": id, …more}</c> by the input of that example with <c>more</c> on top.</summary>
    private static JsonObject Resolve(JsonObject node, Dictionary<string, JsonObject> byId, int depth)
    {
        if (depth > 10) throw new ExampleException("sameAs runs in a circle");
        var result = new JsonObject();
        if (node["sameAs"] is { } reference)
        {
            if (!byId.TryGetValue(reference.ToString(), out var other) || other["input"] is not JsonObject input)
                throw new ExampleException($"sameAs: there is no example '{reference}'");
            foreach (var (key, value) in Resolve(input, byId, depth + 1)) result[key] = value?.DeepClone();
        }

        foreach (var (key, value) in node)
        {
            if (key == "sameAs") continue;
            result[key] = value is JsonObject inner ? Resolve(inner, byId, depth + 1) : value?.DeepClone();
        }

        return result;
    }
}

/// <summary>Reads values of an example's input.</summary>
internal static partial class Input
{
    public static int Whole(this JsonObject input, string name, int otherwise) => (int)Long(input, name, otherwise);

    public static long Long(this JsonObject input, string name, long otherwise = 0) => input[name]?.GetValue<long>() ?? otherwise;

    public static bool Flag(this JsonObject input, string name) => input[name]?.GetValue<bool>() ?? false;

    /// <summary>The first fraction in a text such as <c>share 1/2 of cash</c>.</summary>
    public static Fraction Share(this JsonObject input, string name, string otherwise)
    {
        var match = ShareText().Match(input[name]?.ToString() ?? otherwise);
        return match.Success && Fraction.TryParse(match.Value, out var value)
            ? value
            : throw new ExampleException($"'{name}' is not a fraction");
    }

    /// <summary>Yuan with at most two decimals, as fen.</summary>
    public static long Fen(this JsonObject input, string name, long otherwise = 0) =>
        input[name] is { } value ? (long)(decimal.Parse(value.ToString(), CultureInfo.InvariantCulture) * 100) : otherwise;

    /// <summary>The input as a ballot file of the JSON shapes.</summary>
    public static BallotFile ToBallotFile(this JsonObject input) => BallotFiles.Read("input.json", input.ToJsonString())[0];

    [GeneratedRegex(@"\d+(/\d+)?")]
    private static partial Regex ShareText();
}
