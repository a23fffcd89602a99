using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>The declared count of a ballot, public. Refused with <c>ballot.not-found</c>; before the close with <c>ballot.not-closed</c>.</summary>
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
    IReadOnlyList<RollCorrectionLine> Corrections);

/// <summary>How many took part. Areas in 0.01 m².</summary>
public sealed record BallotTurnout(
    int RollUnits, int RollPersons, long RollAreaHundredths, int ReturnedUnits, int ReturnedPersons, long ReturnedAreaHundredths, int Spoilt);

/// <param name="Choice">For, Against, Abstain or an option's id.</param>
/// <param name="Text">The option's text; null for For, Against, Abstain.</param>
public sealed record ChoiceTotal(string Choice, string? Text, int Units, int Persons, long AreaHundredths);

/// <summary>A dated change of a frozen roll.</summary>
/// <param name="Change">Added, Removed or Restored.</param>
public sealed record RollCorrectionLine(string Label, string Change, string Reason, DateTimeOffset CorrectedAt);
