using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Cli.Counting;

/// <summary>What <c>tally</c> is asked to do.</summary>
public sealed record BallotCountOptions
{
    /// <summary>One of <see cref="BallotCount.Rules"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>Null = the file's number, else 1.</summary>
    public int? Seats { get; init; }

    public bool Margins { get; init; }

    public bool NoSkip { get; init; }

    public BudgetUtility Utility { get; init; }

    public BudgetCompletion Completion { get; init; }

    /// <summary>Seed of a public draw; null = ties by lot follow the order of the file.</summary>
    public string? Seed { get; init; }
}

/// <summary>Counts a ballot file by a rule, and writes the result as JSON.</summary>
public static class BallotCount
{
    public static IReadOnlyList<string> Rules { get; } =
    [
        "plurality", "majority", "two-thirds", "approval", "score", "star", "borda", "irv", "stv-scottish", "stv-meek",
        "condorcet", "schulze", "limited", "pb-greedy", "pb-equal-shares",
    ];

    /// <exception cref="BallotFileException">The file does not carry what the rule counts.</exception>
    public static JsonObject Run(BallotFile file, BallotCountOptions options)
    {
        var seats = options.Seats ?? file.Seats ?? 1;
        var lot = options.Seed is { } seed ? Lot.Seeded(seed) : Lot.InOrder(file.LotOrder);
        var result = options.Rule switch
        {
            "plurality" => Totals(Plurality.Decide(Ranked(file)), seats),
            "majority" => ByShare(file, Threshold.MoreThanHalf),
            "two-thirds" => ByShare(file, Threshold.TwoThirds),
            "approval" => Totals(Approval.Decide(Ranked(file), file.ApprovedTiers), seats),
            "limited" => Totals(Limited.Decide(Ranked(file), seats), seats),
            "borda" => Totals(Borda.Decide(Ranked(file)), seats),
            "score" => Totals(Score.Decide(file.Options, Scored(file)), seats),
            "star" => ByStar(file, options.Seed is null ? null : lot),
            "irv" => ByRunoff(InstantRunoff.Decide(Ranked(file), lot)),
            "condorcet" => ByPairs(Ranked(file)),
            "schulze" => BySchulze(Ranked(file), options.Margins, seats),
            "stv-scottish" => ByTransfer(StrictlyRanked(file), StvScottish.Decide(StrictlyRanked(file), seats, lot)),
            "stv-meek" => ByTransfer(StrictlyRanked(file), StvMeek.Decide(StrictlyRanked(file), seats, lot)),
            "pb-greedy" => ByBudget(file, new() { Rule = options.NoSkip ? BudgetRule.GreedyNoSkip : BudgetRule.Greedy }),
            "pb-equal-shares" => ByBudget(
                file, new() { Rule = BudgetRule.EqualShares, Utility = options.Utility, Completion = options.Completion }),
            _ => throw new ArgumentException($"no such rule: {options.Rule}", nameof(options)),
        };
        result.Insert(0, "rule", options.Rule);
        if (file.Name is { } name) result.Insert(1, "name", name);
        return result;
    }

    private static RankedPapers Ranked(BallotFile file) =>
        file.Ranked ?? throw new BallotFileException(0, "the rule counts rankings, the file has none");

    private static RankedPapers StrictlyRanked(BallotFile file) => Ranked(file) is { HasEqualRanks: false } papers
        ? papers
        : throw new BallotFileException(0, "a paper ranks two candidates equally; the rule needs strict rankings");

    private static IReadOnlyList<ScorePaper> Scored(BallotFile file) =>
        file.Scores ?? throw new BallotFileException(0, "the rule counts scores, the file has none");

    private static JsonObject Totals(TotalsDecision decision, int seats) =>
        Ordered(decision.Order, seats, decision.Explanation, ("totals", Json.Totals(decision.Totals)));

    private static JsonObject Ordered(
        CountOrder order, int seats, Explanation explanation, params (string Name, JsonNode? Value)[] more)
    {
        var (elected, tied) = order.Seat(seats);
        var result = new JsonObject
        {
            ["elected"] = Json.List(elected),
            ["winner"] = order.Winner,
            ["winners"] = Json.List(order.Winners),
            ["order"] = Json.Tiers(order),
        };
        foreach (var (name, value) in more) result[name] = value;
        result["ties"] = Json.Ties(tied.Count == 0 ? [] : [new("seats", tied, null, false)]);
        result["arithmetic"] = Json.List(explanation.Arithmetic);
        return result;
    }

    private static JsonObject ByShare(BallotFile file, Threshold line)
    {
        var (winner, count) = Plurality.DecideByShare(Ranked(file), line);
        return new()
        {
            ["elected"] = Json.List(winner is null ? [] : [winner]),
            ["winner"] = winner,
            ["order"] = Json.Tiers(count.Order),
            ["totals"] = Json.Totals(count.Totals),
            ["arithmetic"] = Json.List(count.Explanation.Arithmetic),
        };
    }

    private static JsonObject ByStar(BallotFile file, Lot? lot)
    {
        var star = Star.Decide(file.Options, Scored(file), file.MaxScore, lot);
        return new()
        {
            ["elected"] = Json.List(star.Winner is { } winner ? [winner] : []),
            ["winner"] = star.Winner,
            ["winners"] = Json.List(star.Winners),
            ["finalists"] = Json.List(star.Finalists),
            ["runoff"] = new JsonArray([.. star.Runoff.Select(r => (JsonNode)JsonValue.Create(r))]),
            ["totals"] = Json.Totals(star.Scores.Totals),
            ["order"] = Json.Tiers(star.Scores.Order),
            ["ties"] = Json.Ties(star.Ties),
            ["arithmetic"] = Json.List(star.Explanation.Arithmetic),
        };
    }

    private static JsonObject ByRunoff(InstantRunoffDecision runoff) => new()
    {
        ["elected"] = Json.List(runoff.Winner is { } winner ? [winner] : []),
        ["winner"] = runoff.Winner,
        ["rounds"] = new JsonArray([.. runoff.Rounds.Select(r => (JsonNode)Json.Totals(r.Votes))]),
        ["finalRound"] = runoff.Rounds.Count == 0 ? null : Json.Totals(runoff.Rounds[^1].Votes),
        ["exhausted"] = runoff.Rounds.Count == 0 ? 0 : Json.Number(runoff.Rounds[^1].Exhausted),
        ["ties"] = Json.Ties(runoff.Ties),
        ["arithmetic"] = Json.List(runoff.Explanation.Arithmetic),
    };

    private static JsonObject ByPairs(RankedPapers papers)
    {
        var condorcet = Condorcet.Decide(papers);
        return new()
        {
            ["elected"] = Json.List(condorcet.Winner is { } winner ? [winner] : []),
            ["winner"] = condorcet.Winner,
            ["loser"] = condorcet.Loser,
            ["pairwise"] = Json.Pairs(condorcet.Options, condorcet.Pairs),
            ["fallback"] = condorcet.Winner is null ? Json.Tiers(Schulze.Decide(papers).Order) : null,
            ["arithmetic"] = Json.List(condorcet.Explanation.Arithmetic),
        };
    }

    private static JsonObject BySchulze(RankedPapers papers, bool margins, int seats)
    {
        var schulze = Schulze.Decide(papers, margins ? LinkStrength.Margins : LinkStrength.WinningVotes);
        var numbers = papers.Options.Select((o, i) => (o, i)).ToDictionary(o => o.o, o => o.i + 1, StringComparer.Ordinal);
        return Ordered(schulze.Order, seats, schulze.Explanation,
            ("orderNumbers", new JsonArray([.. schulze.Order.Tiers.Select(t => (JsonNode)Json.List(t.Select(o => numbers[o]).Order()))])),
            ("pairwise", Json.Pairs(papers.Options, schulze.Condorcet.Pairs)),
            ("strongestPaths", Json.Pairs(papers.Options, schulze.Paths)),
            ("condorcetWinner", schulze.Condorcet.Winner));
    }

    private static JsonObject ByTransfer(RankedPapers papers, StvDecision stv)
    {
        var numbers = papers.Options.Select((o, i) => (o, i)).ToDictionary(o => o.o, o => o.i + 1, StringComparer.Ordinal);
        var first = papers.FirstPreferences();
        return new()
        {
            ["elected"] = Json.List(stv.Elected.OrderBy(e => numbers[e])),
            ["electedNumbers"] = Json.List(stv.Elected.Select(e => numbers[e]).Order()),
            ["electionOrder"] = Json.List(stv.Elected.Select(e => numbers[e])),
            ["quota"] = stv.Quota,
            ["validBallots"] = stv.ValidPapers,
            ["stages"] = stv.Stages,
            ["firstPreferences"] = Json.Map(
                first.Select((v, i) => KeyValuePair.Create((i + 1).ToString(CultureInfo.InvariantCulture), v)), v => JsonValue.Create(v)),
            ["totals"] = stv.Votes.Count == 0 ? null : Json.Map(stv.Votes[^1], v => JsonValue.Create(v)),
            ["rounds"] = new JsonArray([.. stv.Votes.Select(s => (JsonNode)Json.Map(s, v => JsonValue.Create(v)))]),
            ["ties"] = Json.Ties(stv.Ties),
            ["arithmetic"] = Json.List(stv.Explanation.Arithmetic),
        };
    }

    private static JsonObject ByBudget(BallotFile file, BudgetOptions options)
    {
        var budget = file.Budget ?? throw new BallotFileException(0, "the rule shares out a budget, the file has none");
        var decision = ParticipatoryBudget.Decide(budget.BudgetFen, budget.Projects, budget.Papers, options);
        return new()
        {
            ["elected"] = Json.List(decision.Funded.Select(f => f.Id).Order(StringComparer.Ordinal)),
            ["fundingOrder"] = Json.List(decision.Funded.Select(f => f.Id)),
            ["budget"] = Json.Units(decision.BudgetFen),
            ["cost"] = Json.Units(decision.CostFen),
            ["totals"] = Json.Map(decision.Votes, v => JsonValue.Create(v)),
            ["finalShare"] = decision.FinalShareFen is { } share ? Json.Number(share / 100) : null,
            ["arithmetic"] = Json.List(decision.Explanation.Arithmetic),
        };
    }
}
