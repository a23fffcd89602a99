using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>The declared count of a ballot, public. Refused with <c>ballot.not-found</c>; before the count with <c>ballot.not-closed</c>, <c>ballot.counting</c>.</summary>
public sealed record GetBallotResult(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<BallotResultView>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>A result with its arithmetic.</summary>
/// <param name="Outcome">Passed, Rejected, Inquorate, Tied, Voided; for elections Filled, PartlyFilled, Runoff, Invalid; for a cancelled ballot Cancelled.</param>
/// <param name="Explanation">Lines of the rule, as data: see <c>Deliberation.Domain.Ballots.Explanation</c>.</param>
/// <param name="Totals">Per choice: units, persons and area; highest first for options, fixed order for a question.</param>
/// <param name="Elected">Option ids.</param>
/// <param name="Funded">Option ids of a budget.</param>
/// <param name="Notice">The notice (公示) that publishes this result; null when none did.</param>
/// <param name="Count">What the rule worked out on the way; null when nothing was counted.</param>
/// <param name="Budget">Its money; null unless a budget was voted on.</param>
/// <param name="Version">1 as first counted; one more with each recount.</param>
/// <param name="Recounts">What was published before each recount, oldest first; empty when there was none.</param>
/// <param name="Record">Signatures, and the root of the log after the close.</param>
public sealed record BallotResultView(
    BallotView Ballot,
    string Outcome,
    DateTimeOffset? ClosedAt,
    BallotTurnout Turnout,
    IReadOnlyList<ChoiceTotal> Totals,
    JsonNode Explanation,
    IReadOnlyList<string> Elected,
    IReadOnlyList<string> Runoff,
    int Vacancies,
    IReadOnlyList<string> Funded,
    BudgetFigures? Budget,
    IReadOnlyList<RollCorrectionLine> Corrections,
    ResultNotice? Notice,
    ResultRecord Record,
    int Version,
    IReadOnlyList<RecountedResult> Recounts,
    CountFigures? Count = null)
{
    /// <summary>Figures of the law that the explanation names still have to be compared with the official text (待核实).</summary>
    public bool LawIsUnconfirmed { get; init; }
}

/// <summary>A result that a recount took the place of: corrected visibly, never silently.</summary>
/// <param name="Version">Of the tally that the recount made.</param>
/// <param name="IsChanged">Some figure came out otherwise.</param>
/// <param name="OldOutcome">As published until then.</param>
/// <param name="OldTotals">As published until then.</param>
public sealed record RecountedResult(int Version, string Cause, DateTimeOffset CountedAt, bool IsChanged, string OldOutcome, IReadOnlyList<ChoiceTotal> OldTotals);

/// <summary>When a result was published for objections.</summary>
/// <param name="IsOpen">Objections are taken now.</param>
public sealed record ResultNotice(Guid Id, DateTimeOffset ClosesAt, bool IsOpen);

/// <summary>What there was, what the chosen cost, and why the others got nothing.</summary>
public sealed record BudgetFigures(long BudgetFen, long CostFen, IReadOnlyList<BudgetMiss> Unfunded);

/// <param name="Id">The option.</param>
/// <param name="MissingFen">What was lacking.</param>
public sealed record BudgetMiss(string Id, BudgetLoss Reason, long MissingFen);

/// <summary>How many took part. Areas in 0.01 m².</summary>
public sealed record BallotTurnout(
    int RollUnits, int RollPersons, long RollAreaHundredths, int ReturnedUnits, int ReturnedPersons, long ReturnedAreaHundredths, int Spoilt);

/// <param name="Choice">For, Against, Abstain or an option's id.</param>
/// <param name="Text">The option's text; null for For, Against, Abstain.</param>
public sealed record ChoiceTotal(string Choice, string? Text, int Units, int Persons, long AreaHundredths);

/// <summary>A dated change of a frozen roll.</summary>
/// <param name="Change">Added, Removed or Restored.</param>
public sealed record RollCorrectionLine(string Label, string Change, string Reason, DateTimeOffset CorrectedAt);

internal sealed class GetBallotResultHandler(CouncilSession session) : IRequestHandler<GetBallotResult, Result<BallotResultView>>
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task<Result<BallotResultView>> Handle(GetBallotResult request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, request.Caller.Resident, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(
            "select outcome, closed_at, result, tally_version from ballot where community_id = @Community and ballot_id = @Ballot",
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken));
        if (row.Outcome is null)
        {
            return ballot.State == BallotState.Counting ? BallotRefusals.Counting : BallotRefusals.NotClosed(ballot.ClosesAt);
        }

        var corrections = await connection.QueryAsync<RollCorrectionLine>(new CommandDefinition(
            """
            select label, change, reason, corrected_at from roll_correction
            where community_id = @Community and ballot_id = @Ballot order by correction_id
            """,
            new { request.Community, request.Ballot },
            cancellationToken: cancellationToken));
        var result = row.Result ?? [];
        return new BallotResultView(
            ballot,
            row.Outcome,
            row.ClosedAt,
            result["turnout"].Deserialize<BallotTurnout>(Camel) ?? new BallotTurnout(ballot.Roll.Units, ballot.Roll.Persons, ballot.Roll.AreaHundredths, 0, 0, 0, 0),
            result["totals"].Deserialize<List<ChoiceTotal>>(Camel) ?? [],
            result["explanation"]?.DeepClone() ?? new JsonObject(),
            Ids(result["elected"]),
            Ids(result["runoff"]),
            result["vacancies"]?.GetValue<int>() ?? 0,
            Ids(result["funded"]),
            result.ContainsKey("budgetFen") ? result.Deserialize<BudgetFigures>(Camel) : null,
            corrections.AsList(),
            await NoticeAsync(request, cancellationToken),
            await ResultRecord.FindAsync(connection, request.Community, request.Ballot, cancellationToken),
            row.TallyVersion,
            await RecountsAsync(request, cancellationToken),
            result.Count > 0 ? CountFigures.Of(result) : null)
        {
            LawIsUnconfirmed = await LawRecords.IsUnconfirmedAsync(connection, result["explanation"]?["lawProfile"]?.ToString(), cancellationToken),
        };
    }

    /// <summary>The first notice of a result that the ballot's own workflow published after its close and before it closed another ballot.</summary>
    private Task<ResultNotice?> NoticeAsync(GetBallotResult request, CancellationToken cancellationToken) =>
        session.Connection.RowAsync<ResultNotice>(
            """
            select n.notice_id as id, n.closes_at, n.state = 'Open' and n.closes_at > council_now() as is_open
            from ballot b join notice n using (community_id, project_id, instance_id)
            where b.community_id = @community and b.ballot_id = @ballot and n.kind = 'Result' and n.opens_at >= b.closed_at
              and not exists (
                select from ballot o
                where o.community_id = b.community_id and o.project_id = b.project_id and o.instance_id = b.instance_id and o.closed_at > b.closed_at and o.closed_at <= n.opens_at)
            order by n.opens_at, n.notice_id limit 1
            """,
            new { request.Community, request.Ballot },
            cancellationToken);

    private async Task<IReadOnlyList<RecountedResult>> RecountsAsync(GetBallotResult request, CancellationToken cancellationToken) =>
        [.. (await session.Connection.RowsAsync<RecountRow>(
            """
            select version, cause, decided_at, is_changed, old_outcome, old_result from ballot_recount
            where community_id = @Community and ballot_id = @Ballot and state = 'Counted' order by version
            """,
            new { request.Community, request.Ballot },
            cancellationToken)).Select(row => new RecountedResult(
                row.Version, row.Cause, row.DecidedAt, row.IsChanged, row.OldOutcome, row.OldResult["totals"].Deserialize<List<ChoiceTotal>>(Camel) ?? []))];

    private static List<string> Ids(JsonNode? list) => list?.Deserialize<List<string>>() ?? [];

    private sealed record Row(string? Outcome, DateTimeOffset? ClosedAt, JsonObject? Result, int TallyVersion);

    private sealed record RecountRow(int Version, string Cause, DateTimeOffset DecidedAt, bool IsChanged, string OldOutcome, JsonObject OldResult);
}
