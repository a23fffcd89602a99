using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Cli.Counting;

/// <summary>Owners' rolls and assemblies.</summary>
internal static class OwnersExamples
{
    public static ExampleOutcome Roll(JsonObject input)
    {
        var roll = ToRoll(input);
        return new(Json.Map(roll.Entries.Select(e => KeyValuePair.Create(e.Key, e.AreaHundredths)), a => JsonValue.Create(a)), null);
    }

    public static ExampleOutcome Assembly(JsonObject input)
    {
        // Either the units themselves with papers by owner, or a number of equal units with papers by count.
        var units = input["units"] as JsonObject ?? input;
        var equal = units.Long("equalUnits");
        var roll = equal > 0 ? EqualRoll(equal, units.Long("areaHundredths", 1)) : ToRoll(units);
        var papers = equal > 0 ? PapersByCount(input, roll) : PapersByOwner(input);
        var follow = input["policy"]?.ToString() == nameof(UnreturnedPolicy.FollowMajority);
        var decision = OwnersAssembly.Decide(roll, papers, (OwnersMatter)input.Whole("matter", (int)OwnersMatter.Other), new()
        {
            SpoiltTakesPart = input.Flag("spoiltTakesPart"),
            Unreturned = follow ? UnreturnedPolicy.FollowMajority : UnreturnedPolicy.NotParticipating,
        });

        var outcome = new JsonObject
        {
            ["totalPersons"] = decision.Roll.Persons,
            ["totalArea"] = decision.Roll.AreaHundredths,
            ["participatingPersons"] = decision.TakingPart.Persons,
            ["participatingArea"] = decision.TakingPart.AreaHundredths,
            ["forPersons"] = decision.For.Persons,
            ["forArea"] = decision.For.AreaHundredths,
            ["quorumPersons"] = decision.Explanation.Tests[0].IsMet,
            ["quorumArea"] = decision.Explanation.Tests[1].IsMet,
            ["quorum"] = decision.HasQuorum,
            ["passed"] = decision.Passed,
        };
        if (follow) outcome["majority"] = decision.Majority?.ToString();
        if (decision.Explanation.FirstFailed is { } failed) outcome["firstFailed"] = failed.Code;
        return new(outcome, decision.Explanation);
    }

    private static OwnersRoll ToRoll(JsonObject input)
    {
        var units = (input["units"] as JsonArray ?? throw new ExampleException("there are no units")).Select(u => u!.AsObject()).Select(u =>
            new ExclusiveUnit(
                u["unit"]!.ToString(),
                u["kind"]?.ToString() is "Commercial" ? UnitKind.Shop : Enum.Parse<UnitKind>(u["kind"]?.ToString() ?? "Residential"),
                u.Long("areaHundredths"),
                [.. u["owners"]!.AsArray().Select(o => o!.ToString())],
                Enum.Parse<UnitState>(u["state"]?.ToString() ?? "Delivered")));
        return OwnersRoll.Build(units, input.Flag("parkingCounts"));
    }

    private static OwnersRoll EqualRoll(long count, long areaHundredths) => new(Enumerable.Range(1, (int)count)
        .Select(n => n.ToString(CultureInfo.InvariantCulture))
        .Select(n => new OwnersRollEntry("o" + n, areaHundredths, [n])));

    private static List<OwnersPaper> PapersByOwner(JsonObject input) =>
        [.. (input["ballots"] as JsonObject ?? []).Select(b => Paper(b.Key, b.Value!.ToString()))];

    private static OwnersPaper Paper(string owner, string text) => Enum.TryParse<Choice>(text, out var choice)
        ? new(owner, choice)
        : new(owner, null, Enum.Parse<VoteStatus>(text));

    private static List<OwnersPaper> PapersByCount(JsonObject input, OwnersRoll roll)
    {
        var papers = new List<OwnersPaper>();
        foreach (var (name, text) in new[]
        {
            ("for", "For"), ("against", "Against"), ("abstain", "Abstain"), ("spoilt", "Spoilt"), ("deliveredNotReturned", "NotReturned"),
        })
        {
            for (var n = input.Long(name); n > 0; n--)
            {
                if (papers.Count == roll.Persons) throw new ExampleException("more papers than units");
                papers.Add(Paper(roll.Entries[papers.Count].Key, text));
            }
        }

        return papers;
    }
}
