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
/// A name and its settings; what is left out has its default (<c>BallotRule</c>, checked by the template lint and before opening). Shares are texts: <c>"2/3"</c>.
/// <list type="bullet">
/// <item>For, against or abstain: <c>{"rule":"OwnersAssembly","matter":7,"spoiltTakesPart":false,"parkingCounts":false,"coOwners":"BySet|ByUnit"}</c>, with <c>"unreturned":"FollowMajority","rulesOfProcedure":"…"</c> where the adopted rules say so (delivered papers that are not returned join the choice that leads) ·
/// <c>{"rule":"ChangeOfUse"}</c> (every owner on the roll agrees) · <c>{"rule":"Recall"}</c> · <c>{"rule":"Meeting","body":"CouncilMeeting|GroupMeeting|…","form":"Members|Adults|Households"}</c> (present = signed in at the workflow's last meeting) ·
/// <c>{"rule":"Majority","base":"Cast","threshold":"1/2","strict":true,"minTurnout":"1/2","minTurnoutStrict":false,"castingVote":"r:…"}</c> ·
/// <c>{"rule":"TwoThirds","base":"Expressed"}</c> · <c>{"rule":"AllButK","k":2}</c> · <c>{"rule":"Unanimous"}</c> ·
/// <c>{"rule":"Consent","maxStandAside":"1/3","round":1,"maxRounds":3,"fallback":{"rule":"Majority"}}</c> (named; against = objection with a reason, abstain = stands aside).</item>
/// <item>Offices: <c>{"rule":"OfficeElection","seats":5,"mode":"First|Runoff|Supplementary","reservedSeats":0,"mayFillReserved":[ids],"kin":[[id,id]],"seated":[ids],"tieBreak":"Runoff|Lot"}</c>
/// (a run-off among the tied is won by most votes; a supplementary election by most votes with 3·votes ≥ returned) · <c>{"rule":"OwnersCommitteeElection","seats":5}</c>.</item>
/// <item>Marks: <c>{"rule":"Plurality"}</c> · <c>{"rule":"Limited","seats":3,"marks":2}</c> · <c>{"rule":"Approval","seats":1,"marks":3,"minApproval":"1/2"}</c>.</item>
/// <item>Scores: <c>{"rule":"Score","maxScore":5}</c> · <c>{"rule":"Star"}</c>.</item>
/// <item>Ranks: <c>{"rule":"Borda","unranked":"Mean|Zero","strictRanking":false}</c> · <c>{"rule":"Condorcet","fallback":"Schulze|Borda|InstantRunoff|None"}</c> ·
/// <c>{"rule":"Schulze","links":"WinningVotes|Margins"}</c> · <c>{"rule":"InstantRunoff","countToTwo":false}</c> · <c>{"rule":"StvScottish","seats":3}</c> · <c>{"rule":"StvMeek","seats":3}</c>.</item>
/// <item>All of the last three groups: <c>"seats"</c> where several can be chosen, <c>"minTurnout"</c>, <c>"tieBreak":"Lot|Runoff|EarlierProposal|All"</c>.</item>
/// <item>Budgets: <c>{"rule":"EqualShares","budgetFen":6000000,"utility":"Cost|Count","completion":"None|Greedy|Add1|Add1NoStop","shareStepFen":100,"minVotes":1}</c> ·
/// <c>{"rule":"BudgetGreedy","budgetFen":…}</c> · <c>{"rule":"BudgetGreedyNoSkip","budgetFen":…}</c>.</item>
/// </list>
/// Any rule may say how votes are cast: <c>"allowReplace"</c> (false: a named vote is final; true: a secret one may be replaced with its receipt's code), <c>"maxProxiesPerHolder":3</c>, <c>"proxyRegisterDays":3</c>.
/// The opening adds <c>lotHash</c>: the hash of the seed of the lot that may have to decide.
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
    DateTimeOffset ClosesAt) : IWorkflowCommand
{
    /// <summary>Ballots of one project that name the same paper, and have roll, secrecy and window in common, are asked and cast together; null = alone.</summary>
    public string? Paper { get; init; }

    /// <summary>Texts put to the vote with the question; each is kept by its hash and never changes.</summary>
    public IReadOnlyList<BallotText> Documents { get; init; } = [];
}

/// <summary>A document that a template brings along as text.</summary>
public sealed record BallotText(string Title, string Text);

/// <summary>Closes the visit's ballot and counts it. Answered at once through bookmark <c>decided</c>. A ballot with papers that nobody has certified
/// only closes, and is answered <c>{"outcome":"Counting","ballotId","question"}</c>; the command is sent again once they are. Else:
/// <c>{"outcome":"Passed|Rejected|Inquorate|Tied|Voided", "ballotId":"…", "elected":[…ids], "runoff":[…ids], "vacancies":0, "funded":[…ids]}</c>;
/// elections use outcomes Filled, PartlyFilled, Runoff, Invalid. With Runoff, <c>runoff</c> names the tied; with PartlyFilled, the best not elected,
/// one more than the vacancies: they stand in the supplementary election.</summary>
public sealed record CloseBallotCommand : IWorkflowCommand
{
    /// <summary>The answer while papers are read.</summary>
    public const string Counting = "Counting";
}

/// <summary>Reminds everybody on the roll of the visit's ballot who has not voted and has not had this reminder.</summary>
/// <param name="Point">Name of the reminder point, for example <c>3wd</c>; part of the message's deduplication.</param>
public sealed record RemindNonVotersCommand(string Point) : IWorkflowCommand;
