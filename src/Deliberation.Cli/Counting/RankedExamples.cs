using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Cli.Counting;

/// <summary>Ranked, scored and transferable papers.</summary>
internal static class RankedExamples
{
    private static readonly string[] NumberWords = ["zero", "one", "two", "three", "four", "five"];

    public static RankedPapers Papers(JsonObject input) =>
        input.ToBallotFile().Ranked ?? throw new ExampleException("there are no rankings");

    public static ExampleOutcome Totals(string name, TotalsDecision decision) => new(
        new()
        {
            [name] = Json.Totals(decision.Totals),
            ["winner"] = decision.Order.Winner,
            ["order"] = Json.Tiers(decision.Order),
        },
        decision.Explanation);

    /// <summary><c>approve</c>: "first two" or 2; all that are named when absent.</summary>
    public static ExampleOutcome ByApproval(JsonObject input)
    {
        int? tiers = null;
        if (input["approve"]?.ToString() is { } approve)
        {
            var word = approve.Replace("first", "", StringComparison.Ordinal).Trim();
            tiers = Array.IndexOf(NumberWords, word) is var number and >= 0 ? number : int.Parse(word, CultureInfo.InvariantCulture);
        }

        return Totals("approvals", Approval.Decide(Papers(input), tiers));
    }

    public static ExampleOutcome ByBorda(JsonObject input) => Totals("points", Borda.Decide(
        Papers(input), input["unranked"]?.ToString() is "pessimistic" or "zero" ? UnrankedPoints.Zero : UnrankedPoints.Mean));

    public static ExampleOutcome ByPairs(JsonObject input)
    {
        var condorcet = Condorcet.Decide(Papers(input));
        return new(
            new()
            {
                ["pairwise"] = Json.Pairs(condorcet.Options, condorcet.Pairs),
                ["winner"] = condorcet.Winner,
                ["loser"] = condorcet.Loser,
            },
            condorcet.Explanation);
    }

    public static ExampleOutcome BySchulze(JsonObject input, LinkStrength strength)
    {
        var papers = Papers(input);
        var schulze = Schulze.Decide(papers, strength);
        return new(
            new()
            {
                ["pairwise"] = Json.Pairs(papers.Options, schulze.Condorcet.Pairs),
                ["strongestPaths"] = Json.Pairs(papers.Options, schulze.Paths),
                ["condorcetWinner"] = schulze.Condorcet.Winner,
                ["winner"] = schulze.Order.Winner,
                ["order"] = Json.Tiers(schulze.Order),
            },
            schulze.Explanation);
    }

    public static ExampleOutcome ByRunoff(JsonObject input)
    {
        var papers = Papers(input);
        var runoff = InstantRunoff.Decide(papers, Lot.InOrder(papers.Options));
        return new(
            new()
            {
                ["rounds"] = new JsonArray([.. runoff.Rounds.Select(r => (JsonNode)Json.Totals(r.Votes.OrderByDescending(v => v.Value)))]),
                ["winner"] = runoff.Winner,
            },
            runoff.Explanation);
    }

    public static ExampleOutcome ByScore(JsonObject input)
    {
        var file = input.ToBallotFile();
        return Totals("totals", Score.Decide(file.Options, file.Scores ?? throw new ExampleException("there are no scores")));
    }

    public static ExampleOutcome ByStar(JsonObject input)
    {
        var file = input.ToBallotFile();
        var star = Star.Decide(file.Options, file.Scores ?? throw new ExampleException("there are no scores"), file.MaxScore);
        return new(
            new()
            {
                ["totals"] = Json.Totals(star.Scores.Totals),
                ["finalists"] = Json.List(star.Finalists),
                ["runoff"] = Json.Map(star.Finalists.Zip(star.Runoff, KeyValuePair.Create), v => JsonValue.Create(v)),
                ["winner"] = star.Winner,
            },
            star.Explanation);
    }

    public static ExampleOutcome ByScottish(JsonObject input)
    {
        var papers = Papers(input);
        var stv = StvScottish.Decide(papers, input.Whole("seats", 1), Lot.InOrder(papers.Options));
        var log = stv.Events.Where(e => e.Kind is "surplus" or "exclude").Select(e => e.Kind == "surplus"
            ? (JsonNode)new JsonArray(e.Kind, e.Candidate, e.Amount)
            : new JsonArray(e.Kind, e.Candidate));
        return new(
            new()
            {
                ["quota"] = stv.Quota,
                ["elected"] = Json.List(InOrderOf(papers, stv)),
                ["stages"] = stv.Stages,
                ["finalVotes"] = Json.Map(stv.Votes[^1], v => JsonValue.Create(v)),
                ["log"] = new JsonArray([.. log]),
            },
            stv.Explanation);
    }

    public static ExampleOutcome ByMeek(JsonObject input)
    {
        var papers = Papers(input);
        var stv = StvMeek.Decide(papers, input.Whole("seats", 1), Lot.InOrder(papers.Options));
        var events = stv.Events.Select(e => (JsonNode)new JsonArray(e.Kind == "exclude" ? "defeat" : "elect", e.Candidate));
        return new(
            new()
            {
                ["elected"] = Json.List(InOrderOf(papers, stv)),
                ["finalQuota"] = stv.Quota,
                ["events"] = new JsonArray([.. events]),
            },
            stv.Explanation);
    }

    private static IEnumerable<string> InOrderOf(RankedPapers papers, StvDecision stv) => papers.Options.Where(stv.Elected.Contains);
}
