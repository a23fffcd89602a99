using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Laws;

namespace Deliberation.Features.Ballots;

/// <summary>A unit of the roll as it counts.</summary>
internal sealed record CountedUnit(string UnitKey, int Persons, long AreaHundredths);

/// <summary>A returned paper.</summary>
/// <param name="UnitKey">Empty in a secret ballot.</param>
/// <param name="Status">Counted, Spoilt or SetAside.</param>
internal sealed record CountedPaper(string UnitKey, string[] Choices, string Status);

/// <summary>Puts a ballot's papers before the rule it was opened under, and its answer into the form that is stored.</summary>
internal static class BallotCount
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <param name="returned">Papers handed in, those never typed in included: they count as spoilt.</param>
    public static JsonObject Decide(BallotRow ballot, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, int returned)
    {
        var rule = ballot.Rule["rule"]!.GetValue<string>();
        var spoilt = papers.Count(p => p.Status == "Spoilt") + Math.Max(0, returned - papers.Count);
        var counted = papers.Where(p => p.Status == "Counted").ToList();
        var law = LawProfiles.Find(ballot.LawProfile);
        var result = rule switch
        {
            "OwnersAssembly" => Owners(ballot.Rule, roll, papers, law),
            "OfficeElection" => Election(ballot, roll.Count, returned, spoilt, counted, law),
            "EqualShares" or "BudgetGreedy" => Budget(ballot, rule, counted),
            "Majority" => YesNo(ballot.Rule, roll.Count, spoilt, counted, law),
            _ => throw new InvalidOperationException($"No such rule: {rule}."),
        };
        result["rule"] = rule;
        result["turnout"] = Turnout(ballot, roll, papers, returned, spoilt);
        result["totals"] = Totals(ballot, roll, counted);
        return result;
    }

    private static JsonObject Owners(JsonObject rule, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, LawProfile? law)
    {
        var decision = OwnersAssembly.Decide(
            new OwnersRoll(roll.Select(unit => new OwnersRollEntry(unit.UnitKey, unit.AreaHundredths, []))),
            papers.Select(paper => new OwnersPaper(
                paper.UnitKey,
                paper.Status == "Counted" ? Enum.Parse<Choice>(paper.Choices[0]) : null,
                Enum.Parse<VoteStatus>(paper.Status))),
            (OwnersMatter)(rule["matter"]?.GetValue<int>() ?? (int)OwnersMatter.Other),
            new OwnersAssemblyOptions
            {
                Law = law ?? LawProfiles.CivilCode2021,
                SpoiltTakesPart = rule["spoiltTakesPart"]?.GetValue<bool>() ?? false,
            });
        return Stored(decision.Outcome.ToString(), decision.Explanation);
    }

    private static JsonObject Election(BallotRow ballot, int registered, int returned, int spoilt, List<CountedPaper> papers, LawProfile? law)
    {
        var votes = papers.SelectMany(p => p.Choices).GroupBy(c => c).ToDictionary(g => g.Key, g => (long)g.Count());
        var count = new ElectionCount(
            registered, registered, returned, spoilt,
            ballot.Rule["seats"]?.GetValue<int>() ?? 1,
            [.. ballot.OptionList.Select(o => new CandidateVotes(o.Id, votes.GetValueOrDefault(o.Id)))]);
        var options = new ElectionOptions { Law = law ?? LawProfiles.ResidentsCommittee2026 };
        var decision = ballot.Rule["mode"]?.GetValue<string>() switch
        {
            "Runoff" => OfficeElection.DecideRunoff(count, options),
            "Supplementary" => OfficeElection.DecideSupplementary(count, options),
            _ => OfficeElection.Decide(count, options),
        };
        var result = Stored(decision.Outcome.ToString(), decision.Explanation);
        result["elected"] = Strings(decision.Elected);
        result["runoff"] = Strings(decision.Runoff);
        result["supplementary"] = Strings(decision.SupplementaryCandidates);
        result["vacancies"] = decision.Vacancies;
        return result;
    }

    private static JsonObject Budget(BallotRow ballot, string rule, List<CountedPaper> papers)
    {
        var decision = ParticipatoryBudget.Decide(
            ballot.Rule["budgetFen"]!.GetValue<long>(),
            [.. ballot.OptionList.Select(o => new BudgetProject(o.Id, o.CostFen ?? throw new InvalidOperationException($"Option {o.Id} has no cost.")))],
            [.. papers.Select(p => BudgetPaper.Approve(p.Choices.Where(c => c != nameof(Choice.Abstain))))],
            new BudgetOptions
            {
                Rule = rule == "BudgetGreedy" ? BudgetRule.Greedy : BudgetRule.EqualShares,
                Utility = Enum.Parse<BudgetUtility>(ballot.Rule["utility"]?.GetValue<string>() ?? nameof(BudgetUtility.Cost)),
                Completion = Enum.Parse<BudgetCompletion>(ballot.Rule["completion"]?.GetValue<string>() ?? nameof(BudgetCompletion.None)),
            });
        var outcome = decision.Funded.Count > 0 ? BallotOutcome.Passed : papers.Count == 0 ? BallotOutcome.Inquorate : BallotOutcome.Rejected;
        var result = Stored(outcome.ToString(), decision.Explanation);
        result["funded"] = Strings(decision.Funded.Select(f => f.Id));
        result["budgetFen"] = decision.BudgetFen;
        result["costFen"] = decision.CostFen;
        result["unfunded"] = new JsonArray([.. decision.Unfunded.Select(u =>
            (JsonNode)new JsonObject { ["id"] = u.Id, ["votes"] = u.Votes, ["reason"] = u.Reason.ToString(), ["missingFen"] = u.MissingFen })]);
        return result;
    }

    private static JsonObject YesNo(JsonObject rule, int roll, int spoilt, List<CountedPaper> papers, LawProfile? law)
    {
        var decision = Majority.Decide(
            new MajorityRule
            {
                Base = Enum.Parse<MajorityBase>(rule["base"]?.GetValue<string>() ?? nameof(MajorityBase.Cast)),
                Threshold = Threshold.Parse(rule["threshold"]?.GetValue<string>() ?? "1/2", rule["strict"]?.GetValue<bool>() ?? true),
                MinTurnout = rule["minTurnout"]?.GetValue<string>() is { } turnout ? Threshold.Parse(turnout, strict: rule["minTurnoutStrict"]?.GetValue<bool>() ?? false) : null,
                Law = law,
            },
            new YesNoCount(Of(Choice.For), Of(Choice.Against), Of(Choice.Abstain), spoilt, roll, papers.Count + spoilt));
        return Stored(decision.Outcome.ToString(), decision.Explanation);

        int Of(Choice choice) => papers.Count(p => p.Choices[0] == choice.ToString());
    }

    private static JsonObject Stored(string outcome, Explanation explanation) => new()
    {
        ["outcome"] = outcome,
        ["explanation"] = JsonSerializer.SerializeToNode(explanation, Camel),
    };

    private static JsonObject Turnout(BallotRow ballot, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, int returned, int spoilt)
    {
        var voted = ballot.IsSecret ? [] : papers.Select(p => p.UnitKey).ToHashSet();
        var units = roll.Where(unit => voted.Contains(unit.UnitKey)).ToList();
        return (JsonObject)JsonSerializer.SerializeToNode(
            new BallotTurnout(
                roll.Count,
                roll.Sum(u => u.Persons),
                roll.Sum(u => u.AreaHundredths),
                returned,
                ballot.IsSecret ? returned : units.Sum(u => u.Persons),
                units.Sum(u => u.AreaHundredths),
                spoilt),
            Camel)!;
    }

    private static JsonArray Totals(BallotRow ballot, IReadOnlyList<CountedUnit> roll, List<CountedPaper> papers)
    {
        var weights = roll.ToDictionary(u => u.UnitKey);
        var options = ballot.OptionList;
        var choices = options.Count == 0 ? Enum.GetNames<Choice>() : [.. options.Select(o => o.Id), nameof(Choice.Abstain)];
        var totals = choices.Select(choice =>
        {
            var chosen = papers.Where(p => p.Choices.Contains(choice)).ToList();
            var units = chosen.Where(p => p.UnitKey.Length > 0).Select(p => weights[p.UnitKey]).ToList();
            return new ChoiceTotal(
                choice,
                options.FirstOrDefault(o => o.Id == choice)?.Text,
                chosen.Count,
                ballot.IsSecret ? chosen.Count : units.Sum(u => u.Persons),
                units.Sum(u => u.AreaHundredths));
        });
        var ordered = options.Count == 0 ? totals : totals.OrderBy(t => t.Text is null).ThenByDescending(t => t.Units);
        return (JsonArray)JsonSerializer.SerializeToNode(ordered.ToList(), Camel)!;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
