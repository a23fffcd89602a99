using Deliberation.Cli.Verify.Bundles;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>Units, persons and area that stand behind a figure.</summary>
internal readonly record struct Weights(long Units, long Persons, long Area);

/// <summary>A published tally; what its rule does not have is null.</summary>
/// <param name="Seed">Of the lot, in a ballot that may need one.</param>
/// <param name="Present">Signed in at the meeting.</param>
/// <param name="OutcomeWithout">Of an owners' assembly whose unreturned papers follow the majority: the outcome without them.</param>
internal sealed record TallyFile(
    Guid Ballot,
    long Version,
    string Outcome,
    Weights Roll,
    long Participations,
    long Papers,
    long Spoilt,
    long SetAside,
    IReadOnlyDictionary<string, Weights> Totals,
    IReadOnlyList<string>? Elected,
    IReadOnlyList<string>? Funded,
    IReadOnlyList<IReadOnlyList<string>>? Order,
    string? Seed,
    long? Present,
    string? OutcomeWithout)
{
    public static TallyFile Read(Fields json, string place)
    {
        var totals = new Dictionary<string, Weights>(StringComparer.Ordinal);
        foreach (var total in json.Objects("totals"))
        {
            if (!totals.TryAdd(total.Text("choice"), WeightsOf(total))) throw new BundleException($"{place} tells the total of a choice twice.");
        }

        return new(
            json.Id("ballot"),
            json.Number("version"),
            json.Text("outcome"),
            WeightsOf(json.Object("roll")),
            json.Number("participations"),
            json.Number("papers"),
            json.Number("spoilt"),
            json.Number("setAside"),
            totals,
            json.Has("elected") ? json.Texts("elected") : null,
            json.Has("funded") ? json.Texts("funded") : null,
            json.Has("order") ? json.TextLists("order") : null,
            json.Has("lot") ? json.Object("lot").Text("seed") : null,
            json.NumberOrNull("present"),
            json.Has("followed") ? json.Object("followed").Object("without").Text("outcome") : null);
    }

    private static Weights WeightsOf(Fields json) => new(json.Number("units"), json.Number("persons"), json.Number("area"));
}
