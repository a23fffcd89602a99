using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Cli.Counting;

/// <summary>Meetings, majorities and consent.</summary>
internal static class MeetingExamples
{
    public static ExampleOutcome Decide(MeetingBody body, JsonObject input)
    {
        var (form, entitled, present) =
            input["households"] is not null ? (MeetingForm.Households, "households", "presentHouseholds")
            : input["adults"] is not null ? (MeetingForm.Adults, "adults", "presentAdults")
            : (MeetingForm.Members, "members", "present");
        var decision = MeetingVote.Decide(body, form, new(
            input.Long(entitled), input.Long(present), input.Long("for"), input.Long("against"), input.Long("abstain")));
        return new(
            new()
            {
                ["quorum"] = decision.Explanation.Tests[0].IsMet,
                ["passed"] = decision.Passed,
            },
            decision.Explanation);
    }

    public static ExampleOutcome ByMajority(JsonObject input)
    {
        var rule = new MajorityRule
        {
            Base = Enum.Parse<MajorityBase>(input["base"]?.ToString() ?? nameof(MajorityBase.Cast)),
            Threshold = Threshold.Parse(input["threshold"]?.ToString() ?? "1/2", input["strict"]?.GetValue<bool>() ?? true),
            MinTurnout = input["minTurnout"] is { } turnout ? Threshold.Parse(turnout.ToString(), strict: false) : null,
            AllButK = input["allButK"] is null ? null : input.Whole("allButK", 0),
            CastingVote = input["castingVote"] is { } vote ? Enum.Parse<Choice>(vote.ToString()) : null,
        };
        var decision = Majority.Decide(rule, new(
            input.Long("for"), input.Long("against"), input.Long("abstain"), input.Long("spoilt"), input.Long("roll"), input.Long("present")));
        return new(new() { ["passed"] = decision.Passed, ["result"] = decision.Outcome.ToString() }, decision.Explanation);
    }

    public static ExampleOutcome ByConsent(JsonObject input)
    {
        var rule = new ConsentRule
        {
            MaxStandAside = input.Share("maxStandAsideShare", "1/3"),
            MaxRounds = input.Whole("maxConsentRounds", 3),
        };
        var outcome = new JsonObject();
        Explanation? last = null;
        for (var number = 1; input[$"round{number}"] is JsonObject round; number++)
        {
            var objections = (round["objections"] as JsonArray ?? []).Select(o => o!.AsObject()).Select(o =>
                new ConsentObjection(o["by"]?.ToString() ?? "", o["reason"]?.ToString() ?? ""));
            var decision = Consent.Decide(
                new(round.Long("consent"), round.Long("standAside"), [.. objections], round.Long("silent")), number, rule);
            outcome[$"round{number}"] = decision.Outcome.ToString();
            last = decision.Explanation;
        }

        return new(outcome, last);
    }
}

/// <summary>Office elections.</summary>
internal static class ElectionExamples
{
    public static ExampleOutcome Decide(Func<ElectionCount, ElectionOptions?, ElectionDecision> rule, JsonObject input)
    {
        var votes = (input["votes"] as JsonObject ?? []).Select(v => new CandidateVotes(v.Key, v.Value!.GetValue<long>()));
        var returned = input.Long("returned");
        var decision = rule(
            new(input.Long("registered"), input.Long("issued", returned), returned, input.Long("spoilt"), input.Whole("seats", 1), [.. votes]),
            null);
        var outcome = new JsonObject { ["valid"] = decision.IsValid };
        if (!decision.IsValid)
            outcome["reason"] = decision.Explanation.FirstFailed?.Code == "papers" ? "more ballots than issued" : "turnout";
        outcome["elected"] = Json.List(decision.Elected);
        outcome["vacancies"] = decision.Vacancies;
        outcome["runoff"] = Json.List(decision.Runoff);
        return new(outcome, decision.Explanation);
    }
}
