using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Features.Ballots;

/// <summary>Counts a ballot that chooses among options, and writes what the rule worked out on the way into the result.</summary>
internal static class ChoiceCount
{
    public static JsonObject Decide(BallotRow ballot, BallotRule rule, int registered, int returned, List<CountedPaper> papers)
    {
        var decision = ChoiceElection.Decide(rule, [.. ballot.OptionList.Select(o => o.Id)], registered, returned, Grouped(papers), LotOf(ballot));
        var result = BallotCount.Stored(OutcomeOf(rule, decision), decision.Explanation);
        result["elected"] = BallotCount.Strings(decision.Elected);
        result["runoff"] = BallotCount.Strings(decision.Runoff);
        result["supplementary"] = BallotCount.Strings(decision.Next);
        result["vacancies"] = decision.Vacancies;
        result["order"] = new JsonArray([.. decision.Order.Select(tier => (JsonNode)BallotCount.Strings(tier))]);
        if (decision.Figures.Count > 0)
        {
            result["figures"] = Figures(decision.Figures);
        }

        if (decision.Rounds.Count > 0)
        {
            result["rounds"] = new JsonArray([.. decision.Rounds.Select(Round)]);
        }

        if (decision.Events.Count > 0)
        {
            result["events"] = new JsonArray([.. decision.Events.Select(e =>
                (JsonNode)new JsonObject { ["kind"] = e.Kind, ["id"] = e.Candidate, ["amount"] = Plain(e.Amount) })]);
        }

        if (decision.Quota is { } quota)
        {
            result["quota"] = Plain(quota);
        }

        if (decision.Pairs.Count > 0)
        {
            result["pairs"] = Matrix(decision.Pairs);
        }

        if (decision.Paths.Count > 0)
        {
            result["paths"] = Matrix(decision.Paths);
        }

        if (decision.Final.Count > 0)
        {
            result["final"] = new JsonArray([.. decision.Final.Select(f => (JsonNode)new JsonObject { ["id"] = f.Id, ["papers"] = f.Papers })]);
        }

        AddLot(result, ballot, decision.Ties);
        return result;
    }

    /// <summary>The lot whose seed was made at the opening.</summary>
    public static Lot LotOf(BallotRow ballot) => Lot.Seeded(ballot.LotSeed ?? ballot.BallotId.ToString());

    /// <summary>The ties met, and the seed with which anybody can draw the lot again: it is published whether it was needed or not.</summary>
    public static void AddLot(JsonObject result, BallotRow ballot, IReadOnlyList<CountTie> ties)
    {
        if (ties.Count > 0)
        {
            result["ties"] = new JsonArray([.. ties.Select(tie => (JsonNode)new JsonObject
            {
                ["purpose"] = tie.Purpose,
                ["tied"] = BallotCount.Strings(tie.Tied),
                ["chosen"] = tie.Chosen,
                ["byLot"] = tie.ByLot,
            })]);
        }

        if (ballot.LotSeed is not { } seed)
        {
            return;
        }

        var drawn = ties.Where(tie => tie.ByLot).SelectMany(tie => tie.Tied).Distinct(StringComparer.Ordinal);
        result["lot"] = new JsonObject
        {
            ["seed"] = seed,
            ["hash"] = Lot.Commit(seed),
            ["drawn"] = new JsonArray([.. Lot.Seeded(seed).Draw(drawn).Select(id => (JsonNode)new JsonObject { ["id"] = id, ["key"] = Lot.KeyOf(seed, id) })]),
        };
    }

    /// <summary>A paper supports an option that it marks, ranks first or scores above 0.</summary>
    public static bool Supports(string[] choices, string option, PaperKind kind) => kind switch
    {
        PaperKind.Ranks when option != PaperForm.Abstain => choices.Contains(option + "=1"),
        PaperKind.Scores when option != PaperForm.Abstain => choices.Any(c => PaperForm.Split(c) is var (id, score) && id == option && score != "0"),
        _ => choices.Contains(option),
    };

    /// <summary>A vote on a question ends as passed or not; an election as its seats are filled.</summary>
    private static string OutcomeOf(BallotRule rule, ChoiceDecision decision) => rule.IsElection
        ? decision.Outcome.ToString()
        : (decision.Outcome switch
        {
            ElectionOutcome.Invalid => BallotOutcome.Inquorate,
            ElectionOutcome.Runoff => BallotOutcome.Tied,
            _ => decision.Elected.Count > 0 ? BallotOutcome.Passed : BallotOutcome.Rejected,
        }).ToString();

    /// <summary>Equal papers are counted together.</summary>
    private static List<ChoicePapers> Grouped(List<CountedPaper> papers) =>
        [.. papers.GroupBy(p => string.Join('\u001f', p.Choices.Order(StringComparer.Ordinal)), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new ChoicePapers(g.First().Choices, g.Count()))];

    private static JsonNode Round(CountRound round)
    {
        var json = new JsonObject { ["votes"] = Figures(round.Votes) };
        if (round.Exhausted is { } exhausted)
        {
            json["exhausted"] = exhausted.ToString();
        }

        if (round.Dropped is { } dropped)
        {
            json["dropped"] = dropped;
        }

        return json;
    }

    private static JsonObject Figures(IReadOnlyDictionary<string, Fraction> figures) =>
        new(figures.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value.ToString())));

    private static JsonArray Matrix(IReadOnlyList<IReadOnlyList<long>> rows) =>
        new([.. rows.Select(row => (JsonNode)new JsonArray([.. row.Select(cell => (JsonNode)cell)]))]);

    private static string Plain(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
