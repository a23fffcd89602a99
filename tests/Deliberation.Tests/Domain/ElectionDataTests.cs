using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Tests.Domain;

/// <summary>Real and published elections, counted as <c>tally</c> counts them, against official or independently computed results.</summary>
public sealed class ElectionDataTests
{
    private static readonly Dictionary<string, string> RankedRules = new(StringComparer.Ordinal)
    {
        ["Schulze"] = "schulze",
        ["SchulzeMargins"] = "schulze",
        ["Borda"] = "borda",
        ["Condorcet"] = "condorcet",
        ["InstantRunoff"] = "irv",
        ["Plurality"] = "plurality",
        ["Score"] = "score",
        ["Star"] = "star",
        ["StvScottish"] = "stv-scottish",
        ["StvMeek"] = "stv-meek",
    };

    [SharedDataFact]
    public void Every_file_is_the_one_the_index_describes() =>
        Assert.All(Entries(), e => Assert.Equal(
            e["sha256"]!.ToString(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(PathOf(e))))));

    [SharedDataFact]
    public void Budgets_fund_what_the_city_or_an_independent_program_funded() =>
        Assert.All(Entries("participatory-budget"), entry => Assert.All(entry["expected"]!.AsObject(), expected =>
        {
            var parts = expected.Key.Split('/');
            var result = Count(entry, new()
            {
                Rule = parts[0] == "EqualShares" ? "pb-equal-shares" : "pb-greedy",
                NoSkip = parts[0] == "BudgetGreedyNoSkip",
                Utility = parts.Length > 1 ? Enum.Parse<BudgetUtility>(parts[1]) : default,
                Completion = parts.Length > 2 ? Enum.Parse<BudgetCompletion>(parts[2]) : default,
            });
            Same($"{entry["id"]} {expected.Key}", expected.Value, result["elected"]);
        }));

    [SharedDataFact]
    public void Transferable_votes_elect_whom_the_reference_counts_elect() =>
        Assert.All(Entries("stv"), entry => Assert.All(Expected(entry), expected =>
        {
            var result = Count(entry, new() { Rule = RankedRules[expected.Key] });
            var fields = expected.Value!.AsObject();
            var what = $"{entry["id"]} {expected.Key}";
            Assert.Equal(Sorted(fields["elected"]), Sorted(result["elected"]));
            foreach (var name in new[] { "electedNumbers", "electionOrder", "validBallots", "stages" })
                if (fields[name] is { } value) Same($"{what} {name}", value, result[name]);
            var quota = (fields["quota"] ?? fields["finalQuota"])!.ToString();
            Assert.Equal(decimal.Parse(quota, CultureInfo.InvariantCulture), result["quota"]!.GetValue<decimal>());
            if (entry["expected"]!["firstPreferences"] is { } first) Same(what, first, result["firstPreferences"]);
            if ((fields["lotsDrawn"] ?? fields["tiesMet"]) is JsonArray lots)
                Assert.Equal(lots.Count, result["ties"]!.AsArray().Count(t => t!["byLot"]!.GetValue<bool>()));
        }));

    [SharedDataFact]
    public void Rankings_and_scores_give_the_published_results() =>
        Assert.All(Entries("ranked").Concat(Entries("irv")).Concat(Entries("score")), entry => Assert.All(Expected(entry), expected =>
        {
            var result = Count(entry, new() { Rule = RankedRules[expected.Key], Margins = expected.Key == "SchulzeMargins" });
            foreach (var (name, value) in expected.Value!.AsObject())
            {
                if (name is "variant" or "unranked") continue;
                var actual = name == "winner" && value is JsonArray ? new JsonArray(result["winner"]?.DeepClone()) : result[name];
                Same($"{entry["id"]} {expected.Key} {name}", value, actual);
            }
        }));

    [SharedDataFact]
    public void Schulzes_own_examples_have_his_winners()
    {
        var entry = Entries().Single(e => e["id"]!.ToString() == "schulze_published_examples");
        var files = BallotFiles.Read(PathOf(entry), File.ReadAllText(PathOf(entry)));
        var expected = JsonNode.Parse(File.ReadAllText(PathOf(entry)))!.AsArray();
        Assert.Equal(expected.Count, files.Count);
        for (var i = 0; i < files.Count; i++)
            Assert.Equal(Sorted(expected[i]!["expected"]!["Schulze"]!["winners"]), Schulze.Decide(files[i].Ranked!).Order.Winners);
    }

    [SharedDataFact]
    public void Star_ties_are_broken_as_reported()
    {
        Assert.Equal(["Chuck"], Star("breakable_tie_for_second_in_score_round").Winners);
        Assert.Equal(["Brian", "Chuck"], Star("unbreakable_tie_in_automatic_runoff_round").Winners.Order());
        Assert.Equal(["Purple Space Fabric"], Star("a_space_fabric_odyssey").Winners);

        static StarDecision Star(string id)
        {
            var path = PathOf(Entries().Single(e => e["id"]!.ToString() == id));
            var file = BallotFiles.Read(path, File.ReadAllText(path))[0];
            return Deliberation.Domain.Ballots.Star.Decide(file.Options, file.Scores!);
        }
    }

    [SharedDataFact]
    public void Approval_committees_are_among_the_winning_ones()
    {
        var path = PathOf(Entries("approval-committee").Single());
        var files = BallotFiles.Read(path, File.ReadAllText(path));
        var expected = JsonNode.Parse(File.ReadAllText(path))!.AsArray();
        for (var i = 0; i < files.Count; i++)
        {
            var (elected, tied) = Approval.Decide(files[i].Ranked!).Order.Seat(files[i].Seats!.Value);
            Assert.Contains(expected[i]!["allWinningCommittees"]!["av"]!.AsArray().Select(c => Sorted(c).ToHashSet()),
                committee => elected.All(committee.Contains) && committee.All(c => elected.Contains(c) || tied.Contains(c)));
        }
    }

    private static JsonObject Count(JsonObject entry, BallotCountOptions options)
    {
        var path = PathOf(entry);
        return BallotCount.Run(BallotFiles.Read(path, File.ReadAllText(path))[0], options);
    }

    private static IEnumerable<JsonObject> Entries(string? kind = null) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.Elections!, "index.json")))!["entries"]!.AsArray()
            .Select(e => e!.AsObject()).Where(e => kind is null || e["kind"]!.ToString() == kind);

    /// <summary>The expectations of rules we have; some entries also carry those of rules outside our scope.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Expected(JsonObject entry) =>
        entry["expected"] is JsonObject expected ? expected.Where(e => RankedRules.ContainsKey(e.Key)) : [];

    private static string PathOf(JsonObject entry) => Path.Combine(SharedData.Elections!, entry["file"]!.ToString());

    private static IEnumerable<string> Sorted(JsonNode? list) => list!.AsArray().Select(n => n!.ToString()).Order(StringComparer.Ordinal);

    private static void Same(string what, JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{what}: expected {expected?.ToJsonString()}, was {actual?.ToJsonString()}");
}
