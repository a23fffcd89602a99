using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Process.Ballots;

namespace Deliberation.Features.Ledger;

/// <summary>The two texts of a ballot that the log hashes (Deliberation.Domain/Ledger/README.md). Kept as they were hashed: nobody has to write them the same again.</summary>
internal static class LedgerDocuments
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Definition(BallotId ballot, string communityCode, OpenBallotCommand command, IReadOnlyList<BallotOption> options, int maxChoices,
        IReadOnlyList<BallotDocument> documents) => new JsonObject
    {
        ["ballot"] = ballot.ToString(),
        ["community"] = communityCode,
        ["question"] = command.Question,
        ["rule"] = command.Rule.DeepClone(),
        ["options"] = new JsonArray([.. options.Select(option =>
        {
            var node = new JsonObject { ["id"] = option.Id, ["text"] = option.Text };
            if (option.CostFen is { } cost)
            {
                node["costFen"] = cost;
            }

            return (JsonNode)node;
        })]),
        ["maxChoices"] = maxChoices,
        ["secrecy"] = command.Secrecy,
        ["rollKind"] = command.Roll,
        ["law"] = command.LawProfile,
        ["round"] = command.Round,
        ["opensAt"] = Instant(command.OpensAt),
        ["closesAt"] = Instant(command.ClosesAt),
        ["documents"] = new JsonArray([.. documents.Select(document => (JsonNode)new JsonObject { ["title"] = document.Title, ["sha256"] = document.Sha256 })]),
    }.ToJsonString(Plain);

    /// <param name="result">As <see cref="BallotCount"/> stores it.</param>
    /// <param name="papers">Papers in the urn, or on the table.</param>
    /// <param name="spoilt">Papers among them without a choice.</param>
    public static string Tally(BallotId ballot, int version, JsonObject result, int participations, int papers, int spoilt, int setAside)
    {
        var turnout = result["turnout"]!;
        var tally = new JsonObject
        {
            ["ballot"] = ballot.ToString(),
            ["version"] = version,
            ["outcome"] = result["outcome"]!.DeepClone(),
            ["roll"] = new JsonObject
            {
                ["units"] = turnout["rollUnits"]!.DeepClone(),
                ["persons"] = turnout["rollPersons"]!.DeepClone(),
                ["area"] = turnout["rollAreaHundredths"]!.DeepClone(),
            },
            ["participations"] = participations,
            ["papers"] = papers,
            ["spoilt"] = spoilt,
            ["setAside"] = setAside,
            ["totals"] = new JsonArray([.. result["totals"]!.AsArray().Select(total => (JsonNode)new JsonObject
            {
                ["choice"] = total!["choice"]!.DeepClone(),
                ["units"] = total["units"]!.DeepClone(),
                ["persons"] = total["persons"]!.DeepClone(),
                ["area"] = total["areaHundredths"]!.DeepClone(),
            })]),
        };
        foreach (var name in new[] { "elected", "funded", "order", "lot", "present", "followed", "reason" })
        {
            if (result[name] is { } value)
            {
                tally[name] = value.DeepClone();
            }
        }

        return tally.ToJsonString(Plain);
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
