using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Verify;

/// <summary>Every rule that a live ballot may be opened under, with random papers, and what the product's own code makes of them.</summary>
internal static class TestRules
{
    private static readonly string[] Answers = ["For", "For", "For", "Against", "Abstain"];

    public static IReadOnlyList<string> All { get; } =
    [
        """{"rule":"OwnersAssembly","matter":4}""",
        """{"rule":"OwnersAssembly","matter":7,"spoiltTakesPart":true}""",
        """{"rule":"OfficeElection","seats":2,"mode":"First"}""",
        """{"rule":"OfficeElection","seats":1,"mode":"Runoff"}""",
        """{"rule":"OfficeElection","seats":2,"mode":"Supplementary"}""",
        """{"rule":"Majority","base":"Expressed","threshold":"1/2","strict":true,"minTurnout":"1/2"}""",
        """{"rule":"Majority","base":"CastAndSpoilt","threshold":"2/3","strict":false}""",
        """{"rule":"Majority","base":"Roll","threshold":"1/3","strict":true}""",
        """{"rule":"EqualShares","budgetFen":100000,"utility":"Cost","completion":"None"}""",
        """{"rule":"EqualShares","budgetFen":100000,"utility":"Count","completion":"Greedy"}""",
        """{"rule":"EqualShares","budgetFen":100000,"utility":"Cost","completion":"Add1"}""",
        """{"rule":"EqualShares","budgetFen":100000,"utility":"Cost","completion":"Add1NoStop"}""",
        """{"rule":"BudgetGreedy","budgetFen":100000}""",
        """{"rule":"BudgetGreedyNoSkip","budgetFen":100000}""",
        """{"rule":"TwoThirds"}""",
        """{"rule":"AllButK","k":2}""",
        """{"rule":"Unanimous"}""",
        """{"rule":"Consent"}""",
        """{"rule":"Plurality","tieBreak":"EarlierProposal"}""",
        """{"rule":"Approval","seats":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Approval","seats":2,"minApproval":"1/3","tieBreak":"EarlierProposal"}""",
        """{"rule":"Limited","seats":3,"marks":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Score","maxScore":5,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Star","maxScore":5,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Borda","unranked":"Mean","tieBreak":"EarlierProposal"}""",
        """{"rule":"Borda","unranked":"Zero","seats":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Condorcet","tieBreak":"EarlierProposal"}""",
        """{"rule":"Condorcet","fallback":"InstantRunoff","tieBreak":"EarlierProposal"}""",
        """{"rule":"Schulze","links":"Margins","seats":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"InstantRunoff","tieBreak":"EarlierProposal"}""",
        """{"rule":"InstantRunoff","countToTwo":true,"tieBreak":"Lot"}""",
        """{"rule":"StvScottish","seats":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"StvScottish","seats":3,"tieBreak":"Lot"}""",
        """{"rule":"StvMeek","seats":2,"tieBreak":"EarlierProposal"}""",
        """{"rule":"Recall"}""",
        """{"rule":"Meeting"}""",
        """{"rule":"Meeting","body":"VillagersAssembly","form":"Households"}""",
        """{"rule":"OwnersCommitteeElection","seats":2}""",
        """{"rule":"Plurality","election":true,"tieBreak":"EarlierProposal"}""",
    ];

    /// <summary>Rules that answer a question; the others choose among options.</summary>
    public static bool IsAnswer(string rule) => rule is "OwnersAssembly" or "Majority" or "TwoThirds" or "AllButK" or "Unanimous" or "Consent" or "Recall" or "Meeting";

    public static bool IsRanked(string rule) => rule is "Borda" or "Condorcet" or "Schulze" or "InstantRunoff" or "StvScottish" or "StvMeek";

    public static bool IsScored(string rule) => rule is "Score" or "Star";

    public static bool IsBudget(string rule) => rule is "EqualShares" or "BudgetGreedy" or "BudgetGreedyNoSkip";

    /// <summary>A valid paper.</summary>
    public static string[] Paper(TestBallot ballot, Random random)
    {
        var rule = Name(ballot);
        if (IsAnswer(rule))
        {
            var answer = Answers[random.Next(Answers.Length)];
            return rule == "Consent" && answer == "Against" ? ["Against", "because:太贵了太贵了"] : [answer];
        }

        if (random.Next(12) == 0) return ["Abstain"];
        string[] mixed = [.. ballot.Ids];
        random.Shuffle(mixed);
        if (IsScored(rule)) return [.. mixed.Take(random.Next(1, mixed.Length + 1)).Select(id => $"{id}={random.Next(6)}")];
        if (IsRanked(rule))
        {
            var place = 0;
            return [.. mixed.Take(random.Next(1, mixed.Length + 1)).Select(id => $"{id}={place = Next(place)}")];
        }

        return [.. mixed.Take(random.Next(1, ballot.MaxChoices + 1))];

        int Next(int place) => rule is "Borda" or "Condorcet" or "Schulze" && place > 0 && random.Next(4) == 0 ? place : place + 1;
    }

    public static string Name(TestBallot ballot) => ballot.Rule["rule"]!.ToString();

    /// <summary>What the product publishes, by its own counting.</summary>
    public static JsonObject Tally(TestBallot ballot, int version, int participations)
    {
        var counted = ballot.Papers.Where(p => p.Status == "Counted").ToList();
        var spoilt = ballot.Papers.Count(p => p.Status == "Spoilt");
        var missing = ballot.IsSecret ? participations - ballot.Papers.Count() : 0;
        var tally = new JsonObject
        {
            ["ballot"] = ballot.Id.ToString(),
            ["version"] = version,
            ["roll"] = new JsonObject { ["units"] = ballot.Roll.Count, ["persons"] = ballot.Roll.Sum(u => u.Persons), ["area"] = ballot.Roll.Sum(u => u.Area) },
            ["participations"] = participations,
            ["papers"] = ballot.Papers.Count(),
            ["spoilt"] = spoilt,
            ["setAside"] = ballot.Papers.Count(p => p.Status == "SetAside"),
            ["totals"] = Totals(ballot, counted),
        };
        foreach (var (name, value) in Decide(ballot, counted, spoilt + missing, participations)) tally[name] = value?.DeepClone();
        return tally;
    }

    private static JsonArray Totals(TestBallot ballot, List<TestVote> counted)
    {
        var units = ballot.Roll.ToDictionary(u => u.Key);
        IEnumerable<string> choices = ballot.Ids.Count == 0 ? Answers.Distinct() : [.. ballot.Ids, "Abstain"];
        return new([.. choices.Select(choice =>
        {
            var papers = counted.Where(p => p.Choices.Any(c => c == choice
                || (IsRanked(Name(ballot)) && c == choice + "=1")
                || (IsScored(Name(ballot)) && c.StartsWith(choice + "=", StringComparison.Ordinal) && c != choice + "=0"))).ToList();
            return (JsonNode)new JsonObject
            {
                ["choice"] = choice,
                ["units"] = papers.Count,
                ["persons"] = ballot.IsSecret ? papers.Count : papers.Sum(p => units[p.Unit].Persons),
                ["area"] = ballot.IsSecret ? 0 : papers.Sum(p => units[p.Unit].Area),
            };
        })]);
    }

    private static JsonObject Decide(TestBallot ballot, List<TestVote> counted, int spoilt, int participations)
    {
        var returned = ballot.IsSecret ? participations : ballot.Papers.Count(p => ballot.Roll.Exists(u => u.Key == p.Unit));
        return Name(ballot) switch
        {
            "OwnersAssembly" => Owners(ballot),
            "OfficeElection" => Office(ballot, counted, returned, spoilt),
            "Majority" or "TwoThirds" or "AllButK" or "Unanimous" => YesNo(ballot, counted, spoilt),
            "Consent" => Consented(ballot, counted),
            "Recall" => new() { ["outcome"] = OfficeElection.DecideRecall(ballot.Roll.Count, ballot.Roll.Count, returned, counted.Count(p => p.Choices[0] == "For")).Outcome.ToString() },
            "Meeting" => Met(ballot, counted, returned),
            "OwnersCommitteeElection" => Committee(ballot),
            "EqualShares" or "BudgetGreedy" or "BudgetGreedyNoSkip" => Budget(ballot, counted),
            _ => Chosen(ballot, counted, returned),
        };
    }

    private static JsonObject Owners(TestBallot ballot) => new()
    {
        ["outcome"] = OwnersAssembly.Decide(
            new OwnersRoll(ballot.Roll.Select(u => new OwnersRollEntry(u.Key, u.Area, []))),
            ballot.Papers.Select(p => new OwnersPaper(
                ballot.IsSecret ? "" : p.Unit, p.Status == "Counted" ? Enum.Parse<Choice>(p.Choices[0]) : null, Enum.Parse<VoteStatus>(p.Status))),
            (OwnersMatter)ballot.Rule["matter"]!.GetValue<int>(),
            new() { SpoiltTakesPart = ballot.Rule["spoiltTakesPart"]?.GetValue<bool>() ?? false }).Outcome.ToString(),
    };

    private static JsonObject Office(TestBallot ballot, List<TestVote> counted, int returned, int spoilt)
    {
        var count = new ElectionCount(
            ballot.Roll.Count, ballot.Roll.Count, returned, spoilt, ballot.Rule["seats"]!.GetValue<int>(),
            [.. ballot.Ids.Select(id => new CandidateVotes(id, counted.Count(p => p.Choices.Contains(id))))]);
        var decision = ballot.Rule["mode"]!.ToString() switch
        {
            "Runoff" => OfficeElection.DecideRunoff(count),
            "Supplementary" => OfficeElection.DecideSupplementary(count),
            _ => OfficeElection.Decide(count),
        };
        return new() { ["outcome"] = decision.Outcome.ToString(), ["elected"] = Strings(decision.Elected) };
    }

    private static JsonObject YesNo(TestBallot ballot, List<TestVote> counted, int spoilt)
    {
        var rule = ballot.Rule;
        var decision = Majority.Decide(
            Name(ballot) switch
            {
                "TwoThirds" => new MajorityRule { Base = MajorityBase.Expressed, Threshold = Threshold.TwoThirds },
                "AllButK" => new MajorityRule { AllButK = rule["k"]!.GetValue<int>() },
                "Unanimous" => new MajorityRule { AllButK = 0 },
                _ => new MajorityRule
                {
                    Base = Enum.Parse<MajorityBase>(rule["base"]!.ToString()),
                    Threshold = Threshold.Parse(rule["threshold"]!.ToString(), rule["strict"]!.GetValue<bool>()),
                    MinTurnout = rule["minTurnout"] is { } turnout ? Threshold.Parse(turnout.ToString(), strict: false) : null,
                },
            },
            new YesNoCount(Of("For"), Of("Against"), Of("Abstain"), spoilt, ballot.Roll.Count, counted.Count + spoilt));
        return new() { ["outcome"] = decision.Outcome.ToString() };

        int Of(string choice) => counted.Count(p => p.Choices[0] == choice);
    }

    private static JsonObject Met(TestBallot ballot, List<TestVote> counted, int returned)
    {
        var present = returned + ballot.Roll.Count / 9;
        var decision = MeetingVote.Decide(
            Enum.Parse<MeetingBody>(ballot.Rule["body"]?.ToString() ?? "CouncilMeeting"),
            Enum.Parse<MeetingForm>(ballot.Rule["form"]?.ToString() ?? "Members"),
            new(ballot.Roll.Count, present, Of("For"), Of("Against"), Of("Abstain")));
        return new() { ["outcome"] = decision.Outcome.ToString(), ["present"] = present };

        int Of(string choice) => counted.Count(p => p.Choices[0] == choice);
    }

    private static JsonObject Committee(TestBallot ballot)
    {
        var decision = OwnersCommitteeElection.Decide(
            new OwnersRoll(ballot.Roll.Select(u => new OwnersRollEntry(u.Key, u.Area, []))),
            ballot.Ids,
            ballot.Papers.Select(p => new OwnersElectionPaper(ballot.IsSecret ? "" : p.Unit, [.. p.Choices.Where(c => c != "Abstain")], Enum.Parse<VoteStatus>(p.Status))),
            ballot.Rule["seats"]!.GetValue<int>());
        return new() { ["outcome"] = decision.Outcome.ToString(), ["elected"] = Strings(decision.Elected) };
    }

    private static JsonObject Consented(TestBallot ballot, List<TestVote> counted)
    {
        var decision = Consent.Decide(
            new(
                counted.Count(p => p.Choices[0] == "For"), counted.Count(p => p.Choices[0] == "Abstain"),
                [.. counted.Where(p => p.Choices[0] == "Against").Select(p => new ConsentObjection(p.Unit, p.Choices[1]))],
                Math.Max(0, ballot.Roll.Count - counted.Count), ballot.Roll.Count),
            1);
        return new() { ["outcome"] = decision.Outcome is ConsentOutcome.Passed ? "Passed" : "Rejected" };
    }

    private static JsonObject Budget(TestBallot ballot, List<TestVote> counted)
    {
        var rule = ballot.Rule;
        var decision = ParticipatoryBudget.Decide(
            rule["budgetFen"]!.GetValue<long>(),
            [.. ballot.Options.Select(o => new BudgetProject(o.Id, o.Cost!.Value))],
            [.. counted.Select(p => BudgetPaper.Approve(p.Choices.Where(c => c != "Abstain")))],
            new BudgetOptions
            {
                Rule = Name(ballot) switch { "BudgetGreedy" => BudgetRule.Greedy, "BudgetGreedyNoSkip" => BudgetRule.GreedyNoSkip, _ => BudgetRule.EqualShares },
                Utility = Enum.Parse<BudgetUtility>(rule["utility"]?.ToString() ?? "Cost"),
                Completion = Enum.Parse<BudgetCompletion>(rule["completion"]?.ToString() ?? "None"),
            });
        return new()
        {
            ["outcome"] = decision.Funded.Count > 0 ? "Passed" : counted.Count == 0 ? "Inquorate" : "Rejected",
            ["funded"] = Strings(decision.Funded.Select(f => f.Id)),
        };
    }

    private static JsonObject Chosen(TestBallot ballot, List<TestVote> counted, int returned)
    {
        var isElection = ballot.Rule["election"] is not null;
        if (returned == 0) return new() { ["outcome"] = isElection ? "Invalid" : "Inquorate", ["elected"] = new JsonArray(), ["order"] = new JsonArray() };
        var (rule, seats) = (Name(ballot), ballot.Rule["seats"]?.GetValue<int>() ?? 1);
        var seed = ballot.Rule["tieBreak"]!.ToString() == "Lot" ? "12 7 31" : null;
        var lot = seed is null ? Lot.InOrder(ballot.Ids) : Lot.Seeded(seed);
        var leaving = seed is null ? Lot.InOrder([.. ballot.Ids.Reverse()]) : lot;
        var ranked = Ranked(ballot, counted);
        var named = ranked.Papers.SelectMany(p => p.Tiers).SelectMany(t => t).Select(o => ballot.Ids[o]).ToHashSet();
        IReadOnlyList<IReadOnlyList<string>> places = [], order = [];
        List<string>? elected = null;
        switch (rule)
        {
            case "Plurality" or "Limited" or "Approval":
                var approval = Approval.Decide(ranked);
                order = places = approval.Order.Tiers;
                if (ballot.Rule["minApproval"] is { } least)
                {
                    var line = Threshold.Parse(least.ToString(), strict: false);
                    var enough = Approval.WithMinimum(approval, counted.Count, line).ToHashSet();
                    places = [.. places.Select(t => (IReadOnlyList<string>)[.. t.Where(enough.Contains)])];
                }

                break;
            case "Score":
                order = places = Score.Decide(ballot.Ids, Scored(ballot, counted)).Order.Tiers;
                break;
            case "Star":
                var star = Star.Decide(ballot.Ids, Scored(ballot, counted), 5, lot);
                places = [star.Winners];
                order = [star.Winners, .. star.Scores.Order.Tiers.Select(t => (IReadOnlyList<string>)[.. t.Except(star.Winners)]).Where(t => t.Count > 0)];
                break;
            case "Borda":
                order = places = Borda.Decide(ranked, Enum.Parse<UnrankedPoints>(ballot.Rule["unranked"]!.ToString())).Order.Tiers;
                break;
            case "Condorcet" when Condorcet.Decide(ranked).Winner is { } winner:
                places = [[winner]];
                order = Schulze.Decide(ranked).Order.Tiers;
                break;
            case "Condorcet" when ballot.Rule["fallback"] is null:
                order = places = Schulze.Decide(ranked).Order.Tiers;
                break;
            case "Schulze":
                order = places = Schulze.Decide(ranked, LinkStrength.Margins).Order.Tiers;
                break;
            case "Condorcet" or "InstantRunoff":
                var runoff = InstantRunoff.Decide(ranked, leaving, ballot.Rule["countToTwo"]?.GetValue<bool>() ?? false);
                IReadOnlyList<IReadOnlyList<string>> last = runoff.Rounds.Count == 0 ? [] : [.. runoff.Rounds[^1].Votes.GroupBy(v => v.Value).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<string>)[.. g.Select(v => v.Key)])];
                places = runoff.Winner is null ? [] : [[runoff.Winner]];
                order = [.. last, .. runoff.Rounds.Select(r => r.Dropped).OfType<string>().Reverse().Where(d => !last.Any(t => t.Contains(d))).Select(d => (IReadOnlyList<string>)[d])];
                break;
            default:
                var stv = rule == "StvMeek" ? StvMeek.Decide(ranked, seats, leaving) : StvScottish.Decide(ranked, seats, leaving);
                elected = [.. stv.Elected.Where(named.Contains)];
                order = [.. elected.Select(e => (IReadOnlyList<string>)[e])];
                break;
        }

        elected ??= Seat(places.Select(t => t.Where(named.Contains).ToList()), seats, lot);
        var result = new JsonObject
        {
            ["outcome"] = isElection ? elected.Count == seats ? "Filled" : "PartlyFilled" : elected.Count > 0 ? "Passed" : "Rejected",
            ["elected"] = Strings(elected),
            ["order"] = new JsonArray([.. order.Select(t => (JsonNode)Strings(t))]),
        };
        if (seed is not null) result["lot"] = new JsonObject { ["seed"] = seed };
        return result;
    }

    private static List<string> Seat(IEnumerable<List<string>> tiers, int seats, Lot lot)
    {
        var elected = new List<string>();
        foreach (var tier in tiers) elected.AddRange(tier.Count <= seats - elected.Count ? tier : lot.Draw(tier).Take(seats - elected.Count));
        return elected;
    }

    private static RankedPapers Ranked(TestBallot ballot, List<TestVote> counted)
    {
        var index = ballot.Ids.Select((id, i) => (id, i)).ToDictionary(o => o.id, o => o.i);
        return new(ballot.Ids, [.. counted.Select(p => RankedPaper.Of(1, Tiers(p.Choices)))]);

        IEnumerable<IEnumerable<int>> Tiers(string[] choices)
        {
            if (choices.Contains("Abstain")) return [];
            if (!IsRanked(Name(ballot)) && !IsScored(Name(ballot))) return [choices.Select(c => index[c])];
            var numbers = choices.Select(c => c.Split('=')).Select(c => (Option: index[c[0]], Number: int.Parse(c[1], null))).ToList();
            return IsScored(Name(ballot))
                ? numbers.Where(n => n.Number > 0).GroupBy(n => -n.Number).OrderBy(g => g.Key).Select(g => g.Select(n => n.Option))
                : numbers.GroupBy(n => n.Number).OrderBy(g => g.Key).Select(g => g.Select(n => n.Option));
        }
    }

    private static List<ScorePaper> Scored(TestBallot ballot, List<TestVote> counted) => [.. counted.Select(p =>
        new ScorePaper(1, [.. ballot.Ids.Select(id => p.Choices.Where(c => c.StartsWith(id + "=", StringComparison.Ordinal)).Select(c => int.Parse(c.Split('=')[1], null)).FirstOrDefault())]))];

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
