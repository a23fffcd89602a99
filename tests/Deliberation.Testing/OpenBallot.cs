using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Testing;

/// <summary>A ballot that takes votes, as its people see it.</summary>
/// <param name="Options">Ids in order; empty: For, Against, Abstain.</param>
public sealed record OpenBallot(Guid Id, string Question, string RollKind, bool IsSecret, JsonNode Rule, IReadOnlyList<string> Options, int MaxChoices, DateTimeOffset ClosesAt)
{
    /// <summary>A choice that lets it pass: in favour, or as many options as a paper holds.</summary>
    public string[] Yes => Options.Count == 0 ? ["For"] : [.. Options.Take(MaxChoices)];

    internal static OpenBallot Of(Row row) => new(
        row.BallotId, row.Question, row.RollKind, row.Secrecy == "Secret", JsonNode.Parse(row.Rule)!,
        [.. JsonDocument.Parse(row.Options).RootElement.EnumerateArray().Select(option => option.GetProperty("id").GetString()!)], row.MaxChoices, row.ClosesAt);

    internal sealed record Row(Guid BallotId, string Question, string RollKind, string Secrecy, string Rule, string Options, int MaxChoices, DateTimeOffset ClosesAt);
}

/// <summary>A voting unit of a roll and one person who may act for it.</summary>
public sealed record RollUnit(string UnitKey, Guid ResidentId, long AreaHundredths);
