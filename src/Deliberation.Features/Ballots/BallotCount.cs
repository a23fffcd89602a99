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
    /// <param name="present">Voting units signed in at the meeting; null when there was none: then who returned a paper was present.</param>
    /// <param name="delivered">Units whose papers were delivered with proof, returned or not; asked for where unreturned ones follow the majority.</param>
    public static JsonObject Decide(
        BallotRow ballot, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, int returned, int? present = null, IReadOnlyCollection<string>? delivered = null)
    {
        var rule = BallotRule.Read(ballot.Rule);
        var spoilt = papers.Count(p => p.Status == "Spoilt") + Math.Max(0, returned - papers.Count);
        var counted = papers.Where(p => p.Status == "Counted").ToList();
        var law = LawProfiles.Find(ballot.LawProfile);
        var result = rule.Kind switch
        {
            RuleKind.OwnersAssembly => Owners(rule, roll, papers, law, delivered ?? []),
            RuleKind.OwnersCommitteeElection => OwnersCommittee(ballot, rule, roll, papers, law),
            RuleKind.ChangeOfUse => AllAgree(roll, counted),
            RuleKind.OfficeElection => Election(ballot, rule, roll.Count, returned, spoilt, counted, law),
            RuleKind.Recall => Recall(roll.Count, returned, counted, law),
            RuleKind.Meeting => Meeting(rule, roll.Count, Math.Max(present ?? 0, returned), counted, law),
            RuleKind.Consent => ConsentRound(rule, roll.Count, returned, spoilt, counted),
            _ when rule.IsBudget => Budget(ballot, rule, counted),
            _ when rule.IsMajority => YesNo(rule, roll.Count, spoilt, Math.Max(present ?? 0, counted.Count + spoilt), counted, law),
            _ => ChoiceCount.Decide(ballot, rule, roll.Count, returned, counted),
        };
        result["rule"] = rule.Kind.ToString();
        result["turnout"] = Turnout(ballot, roll, papers, returned, spoilt);
        result["totals"] = Totals(ballot, roll, counted);
        return result;
    }

    private static JsonObject Owners(
        BallotRule rule, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, LawProfile? law, IReadOnlyCollection<string> delivered)
    {
        var cast = papers.Select(paper => new OwnersPaper(
            paper.UnitKey, paper.Status == "Counted" ? Enum.Parse<Choice>(paper.Choices[0]) : null, Enum.Parse<VoteStatus>(paper.Status))).ToList();
        var options = new OwnersAssemblyOptions { Law = law ?? LawProfiles.CivilCode2021, SpoiltTakesPart = rule.SpoiltTakesPart };
        var decision = OwnersAssembly.Decide(RollOf(roll), cast, rule.Matter, options);
        if (!rule.FollowsMajority)
        {
            return Stored(decision.Outcome.ToString(), decision.Explanation);
        }

        var unreturned = roll.Select(unit => unit.UnitKey).Intersect(delivered).Except(papers.Select(paper => paper.UnitKey)).ToList();
        var following = OwnersAssembly.Decide(
            RollOf(roll),
            cast.Concat(unreturned.Select(unit => new OwnersPaper(unit, null, VoteStatus.NotReturned))),
            rule.Matter,
            options with { Unreturned = UnreturnedPolicy.FollowMajority });
        var result = Stored(following.Outcome.ToString(), following.Explanation);
        result["followed"] = JsonSerializer.SerializeToNode(
            new StoredFollowed(
                following.Majority?.ToString(),
                rule.RulesOfProcedure!,
                roll.Select(unit => unit.UnitKey).Intersect(delivered).Count(),
                unreturned.Count,
                (int)following.Joined.Persons,
                following.Joined.AreaHundredths,
                Side(following),
                Side(decision)),
            Camel);
        return result;

        static StoredSide Side(OwnersDecision side) => new(
            side.Outcome.ToString(), side.TakingPart.Persons, side.TakingPart.AreaHundredths, side.For.Persons, side.For.AreaHundredths);
    }

    /// <summary>A home turned into business premises: every owner on the roll of those with an interest agrees.</summary>
    private static JsonObject AllAgree(IReadOnlyList<CountedUnit> roll, List<CountedPaper> papers)
    {
        var explanation = OwnersAssembly.ChangeOfUse(roll.Count, Of(papers, Choice.For));
        return Stored((explanation.FirstFailed is null ? BallotOutcome.Passed : BallotOutcome.Rejected).ToString(), explanation);
    }

    private static JsonObject OwnersCommittee(
        BallotRow ballot, BallotRule rule, IReadOnlyList<CountedUnit> roll, IReadOnlyList<CountedPaper> papers, LawProfile? law)
    {
        var decision = OwnersCommitteeElection.Decide(
            RollOf(roll),
            [.. ballot.OptionList.Select(o => o.Id)],
            papers.Select(paper => new OwnersElectionPaper(
                paper.UnitKey, [.. paper.Choices.Where(c => c != PaperForm.Abstain)], Enum.Parse<VoteStatus>(paper.Status))),
            rule.Seats,
            new OwnersAssemblyOptions { Law = law?.ArticlesOf("OwnersCommitteeElection") is [_, ..] ? law : LawProfiles.CivilCode2021, SpoiltTakesPart = rule.SpoiltTakesPart });
        var result = Stored(decision.Outcome.ToString(), decision.Explanation);
        result["elected"] = Strings(decision.Elected);
        result["runoff"] = Strings(decision.Runoff);
        result["reserves"] = Strings(decision.Reserves);
        result["supplementary"] = Strings(decision.Outcome is ElectionOutcome.PartlyFilled
            ? decision.Candidates.Select(c => c.Id).Except(decision.Elected).Take(decision.Vacancies + 1)
            : []);
        result["vacancies"] = decision.Vacancies;
        return result;
    }

    private static JsonObject Election(
        BallotRow ballot, BallotRule rule, int registered, int returned, int spoilt, List<CountedPaper> papers, LawProfile? law)
    {
        var votes = papers.SelectMany(p => p.Choices).GroupBy(c => c).ToDictionary(g => g.Key, g => (long)g.Count());
        var count = new ElectionCount(
            registered, registered, returned, spoilt, rule.Seats,
            [.. ballot.OptionList.Select(o => new CandidateVotes(o.Id, votes.GetValueOrDefault(o.Id)))]);
        var options = new ElectionOptions
        {
            Law = law ?? LawProfiles.ResidentsCommittee2026,
            ReservedSeats = rule.ReservedSeats,
            MayFillReserved = rule.MayFillReserved,
            Kin = rule.Kin,
            Seated = rule.Seated,
            Lot = rule.TieBreak is TieBreak.Lot ? ChoiceCount.LotOf(ballot) : null,
        };
        var decision = rule.Mode switch
        {
            ElectionMode.Runoff => OfficeElection.DecideRunoff(count, options),
            ElectionMode.Supplementary => OfficeElection.DecideSupplementary(count, options),
            _ => OfficeElection.Decide(count, options),
        };
        var result = Stored(decision.Outcome.ToString(), decision.Explanation);
        result["elected"] = Strings(decision.Elected);
        result["runoff"] = Strings(decision.Runoff);
        result["supplementary"] = Strings(decision.SupplementaryCandidates);
        result["vacancies"] = decision.Vacancies;
        ChoiceCount.AddLot(result, ballot, decision.Ties);
        return result;
    }

    private static JsonObject Recall(int registered, int returned, List<CountedPaper> papers, LawProfile? law)
    {
        var decision = OfficeElection.DecideRecall(
            registered, registered, returned, Of(papers, Choice.For), law?.ArticlesOf("Recall") is [_, ..] ? law : null);
        return Stored(decision.Outcome.ToString(), decision.Explanation);
    }

    private static JsonObject Meeting(BallotRule rule, int entitled, int present, List<CountedPaper> papers, LawProfile? law)
    {
        var decision = MeetingVote.Decide(
            rule.Body,
            rule.Form,
            new MeetingCount(entitled, present, Of(papers, Choice.For), Of(papers, Choice.Against), Of(papers, Choice.Abstain)),
            law?.ArticlesOf(rule.Body.ToString()) is [_, ..] ? law : null);
        var result = Stored(decision.Outcome.ToString(), decision.Explanation);
        result["present"] = present;
        return result;
    }

    /// <summary>Whoever stayed silent through the reminders stands aside. The rule named beforehand decides when the last round has not passed.</summary>
    private static JsonObject ConsentRound(BallotRule rule, int roll, int returned, int spoilt, List<CountedPaper> papers)
    {
        var round = new ConsentRound(
            Of(papers, Choice.For),
            Of(papers, Choice.Abstain),
            [.. papers.Where(p => p.Choices.Contains(nameof(Choice.Against))).Select(p => new ConsentObjection(p.UnitKey, ReasonOf(p)))],
            Math.Max(0, roll - papers.Count),
            roll);
        var decision = Consent.Decide(round, rule.Round, new ConsentRule { MaxStandAside = rule.MaxStandAside, MaxRounds = rule.MaxRounds, Quorum = rule.MinTurnout });
        var outcome = decision.Outcome switch
        {
            ConsentOutcome.Passed => BallotOutcome.Passed,
            ConsentOutcome.Inquorate => BallotOutcome.Inquorate,
            _ => BallotOutcome.Rejected,
        };
        var result = Stored(outcome.ToString(), decision.Explanation);
        if (decision.Outcome is ConsentOutcome.FallBack && rule.Fallback is { } fallback)
        {
            result = YesNo(fallback, roll, spoilt, returned, papers, null);
            result["fellBackFrom"] = JsonSerializer.SerializeToNode(decision.Explanation, Camel);
        }

        result["consent"] = decision.Outcome.ToString();
        result["silent"] = round.Silent;
        return result;
    }

    private static string ReasonOf(CountedPaper paper) =>
        paper.Choices.FirstOrDefault(c => c.StartsWith(PaperForm.Because, StringComparison.Ordinal))?[PaperForm.Because.Length..] ?? "";

    private static JsonObject Budget(BallotRow ballot, BallotRule rule, List<CountedPaper> papers)
    {
        var decision = ParticipatoryBudget.Decide(
            rule.BudgetFen,
            [.. ballot.OptionList.Select(o => new BudgetProject(o.Id, o.CostFen ?? throw new InvalidOperationException($"Option {o.Id} has no cost.")))],
            [.. papers.Select(p => BudgetPaper.Approve(p.Choices.Where(c => c != PaperForm.Abstain)))],
            new BudgetOptions
            {
                Rule = rule.Kind switch
                {
                    RuleKind.BudgetGreedy => BudgetRule.Greedy,
                    RuleKind.BudgetGreedyNoSkip => BudgetRule.GreedyNoSkip,
                    _ => BudgetRule.EqualShares,
                },
                Utility = rule.Utility,
                Completion = rule.Completion,
                ShareStepFen = rule.ShareStepFen,
                MinVotes = rule.MinVotes,
            });
        var outcome = decision.Funded.Count > 0 ? BallotOutcome.Passed : papers.Count == 0 ? BallotOutcome.Inquorate : BallotOutcome.Rejected;
        var result = Stored(outcome.ToString(), decision.Explanation);
        result["funded"] = Strings(decision.Funded.Select(f => f.Id));
        result["budgetFen"] = decision.BudgetFen;
        result["costFen"] = decision.CostFen;
        result["unfunded"] = new JsonArray([.. decision.Unfunded.Select(u =>
            (JsonNode)new JsonObject { ["id"] = u.Id, ["votes"] = u.Votes, ["reason"] = u.Reason.ToString(), ["missingFen"] = u.MissingFen })]);
        if (decision.FinalShareFen is { } share)
        {
            result["share"] = share.ToString();
            result["purchases"] = new JsonArray([.. decision.Funded.Select(Purchase)]);
        }

        return result;
    }

    /// <summary>Who paid what for a project, exact; no payers when it was filled up by votes.</summary>
    private static JsonNode Purchase(FundedProject project) => new JsonObject
    {
        ["id"] = project.Id,
        ["votes"] = project.Votes,
        ["price"] = project.PricePerUtility?.ToString(),
        ["payers"] = new JsonArray([.. project.Payers.Select(p =>
            (JsonNode)new JsonObject { ["voters"] = p.Voters, ["eachFen"] = p.EachFen.ToString(), ["isAllTheyHad"] = p.IsAllTheyHad })]),
    };

    private static JsonObject YesNo(BallotRule rule, int roll, int spoilt, int present, List<CountedPaper> papers, LawProfile? law)
    {
        var casting = rule.CastingVote is { } holder ? papers.Find(p => p.UnitKey == holder)?.Choices[0] : null;
        var decision = Majority.Decide(
            new MajorityRule
            {
                Base = rule.Base,
                Threshold = rule.Threshold,
                MinTurnout = rule.MinTurnout,
                AllButK = rule.AllButK,
                CastingVote = casting is null or PaperForm.Abstain ? null : Enum.Parse<Choice>(casting),
                Law = law,
            },
            new YesNoCount(Of(papers, Choice.For), Of(papers, Choice.Against), Of(papers, Choice.Abstain), spoilt, roll, present));
        var result = Stored(decision.Outcome.ToString(), decision.Explanation with { Rule = rule.Kind.ToString() });
        if (decision.ByCastingVote)
        {
            result["byCastingVote"] = true;
        }

        if (rule.Base is MajorityBase.Present)
        {
            result["present"] = present; // whoever counts again was not at the meeting
        }

        return result;
    }

    private static int Of(List<CountedPaper> papers, Choice choice) => papers.Count(p => p.Choices.Contains(choice.ToString()));

    private static OwnersRoll RollOf(IReadOnlyList<CountedUnit> roll) =>
        new(roll.Select(unit => new OwnersRollEntry(unit.UnitKey, unit.AreaHundredths, [])));

    internal static JsonObject Stored(string outcome, Explanation explanation) => new()
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
        var form = BallotDefinitions.FormOf(ballot.Rule, options);
        var choices = options.Count == 0 ? Enum.GetNames<Choice>() : [.. options.Select(o => o.Id), nameof(Choice.Abstain)];
        var totals = choices.Select(choice =>
        {
            var chosen = papers.Where(p => ChoiceCount.Supports(p.Choices, choice, form.Kind)).ToList();
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

    internal static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
