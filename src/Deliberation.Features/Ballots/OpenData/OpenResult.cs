using System.Text.Json.Nodes;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots.OpenData;

/// <summary>A declared ballot as open data (开放数据). Money in fen, areas in 0.01 m², instants in council time; what a rule does not have is null.</summary>
/// <param name="Format">Changes when a member changes its meaning.</param>
/// <param name="SmallestCell">Papers filled in alike by fewer people are not listed.</param>
/// <param name="Rule">As in the workflow's definition.</param>
/// <param name="Version">1 as first counted; higher after a recount.</param>
/// <param name="RollHash">Lower-case hex SHA-256 of the roll frozen at opening.</param>
/// <param name="Outcome">As in <see cref="BallotResultView"/>.</param>
/// <param name="Explanation">The tests of the rule with their numbers.</param>
/// <param name="Patterns">Null where a paper holds one choice.</param>
public sealed record OpenResult(
    string Format,
    string Licence,
    int SmallestCell,
    string Community,
    Guid Ballot,
    string Project,
    string Question,
    JsonObject Rule,
    string RollKind,
    string? RollScope,
    string Secrecy,
    string LawProfile,
    int Round,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    DateTimeOffset? ClosedAt,
    int Version,
    string RollHash,
    string Outcome,
    BallotTurnout Turnout,
    IReadOnlyList<OpenOption> Options,
    IReadOnlyList<ChoiceTotal> Totals,
    IReadOnlyList<string> Elected,
    IReadOnlyList<string> Runoff,
    int Vacancies,
    IReadOnlyList<string> Funded,
    BudgetFigures? Budget,
    CountFigures? Count,
    JsonNode Explanation,
    PaperPatterns? Patterns)
{
    public const string Licensed = "https://creativecommons.org/licenses/by/4.0/";

    internal static OpenResult Of(BallotResultView result, string community, PaperPatterns? patterns)
    {
        var ballot = result.Ballot;
        return new OpenResult(
            "deliberation-result/1", Licensed, SmallCells.Smallest, community, ballot.Id.Value, ballot.ProjectTitle, ballot.Question, ballot.Rule, ballot.RollKind, ballot.RollScope,
            ballot.IsSecret ? "Secret" : "Named", ballot.LawProfile, ballot.Round, ballot.OpensAt, ballot.ClosesAt, result.ClosedAt, result.Version, ballot.Roll.Hash, result.Outcome,
            result.Turnout, [.. ballot.Options.Select(o => new OpenOption(o.Id, o.Text, o.CostFen))], result.Totals, result.Elected, result.Runoff, result.Vacancies, result.Funded,
            result.Budget,
            result.Count is null ? null : result.Count with { Purchases = null }, // who paid alike: small cells
            result.Explanation, patterns);
    }
}

/// <param name="CostFen">Null unless a budget is shared out.</param>
public sealed record OpenOption(string Id, string Text, long? CostFen);
