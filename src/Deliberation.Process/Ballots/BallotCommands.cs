using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>What can be chosen: a candidate, a budget item or a site. Empty list = 同意/不同意/弃权.</summary>
/// <param name="Id">Resident id for candidates; else a short stable id.</param>
/// <param name="CostFen">Whole fen, for participatory budgets; null otherwise.</param>
public sealed record BallotOption(string Id, string Text, long? CostFen = null);

/// <summary>Opens a ballot (表决): freezes the roll and starts the window. One ballot a visit.</summary>
/// <param name="Question">The question in the words of the notice.</param>
/// <param name="Rule">
/// <c>{"rule":"OwnersAssembly","matter":7}</c> ·
/// <c>{"rule":"OfficeElection","seats":5,"mode":"First|Runoff|Supplementary"}</c> (a run-off among the tied is won by most votes;
/// a supplementary election by most votes with 3·votes ≥ returned) ·
/// <c>{"rule":"Majority","base":"Cast","threshold":"1/2","strict":true,"minTurnout":"1/2"}</c> ·
/// <c>{"rule":"EqualShares","budgetFen":6000000,"utility":"Cost","completion":"None"}</c> · <c>{"rule":"BudgetGreedy","budgetFen":…}</c>.
/// </param>
/// <param name="Roll">Owners, Households, Residents or Members.</param>
/// <param name="Members">Resident ids, for roll <c>Members</c> (the elected elect their chair); empty otherwise.</param>
/// <param name="RollScope">A building's name, or null for the whole compound.</param>
/// <param name="Secrecy">Named or Secret.</param>
/// <param name="LawProfile">For example <c>civil-code-2021</c>.</param>
/// <param name="Round">1, 2, …: a repeated ballot is a new ballot.</param>
public sealed record OpenBallotCommand(
    string Question,
    string Explanation,
    JsonObject Rule,
    string Roll,
    IReadOnlyList<string> Members,
    string? RollScope,
    string Secrecy,
    string LawProfile,
    int Round,
    IReadOnlyList<BallotOption> Options,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt) : IWorkflowCommand;

/// <summary>Closes the visit's ballot and counts it. A ballot with papers that nobody has certified only closes, and is answered through bookmark <c>counting</c>
/// with <c>{"ballotId","question"}</c>; sent again once they are. Else answered at once through bookmark <c>decided</c>:
/// <c>{"outcome":"Passed|Rejected|Inquorate|Tied|Voided", "ballotId":"…", "elected":[…ids], "runoff":[…ids], "vacancies":0, "funded":[…ids]}</c>;
/// elections use outcomes Filled, PartlyFilled, Runoff, Invalid. With Runoff, <c>runoff</c> names the tied; with PartlyFilled, the best not elected,
/// one more than the vacancies: they stand in the supplementary election.</summary>
public sealed record CloseBallotCommand : IWorkflowCommand;

/// <summary>Reminds everybody on the roll of the visit's ballot who has not voted and has not had this reminder.</summary>
/// <param name="Point">Name of the reminder point, for example <c>3wd</c>; part of the message's deduplication.</param>
public sealed record RemindNonVotersCommand(string Point) : IWorkflowCommand;
