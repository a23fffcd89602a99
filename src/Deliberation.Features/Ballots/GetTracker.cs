using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Who has returned a vote and how many are still needed (表决进度). Never a choice. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetTracker(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<BallotTracker>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="NeededPersons">Persons who must take part for the rule's quorum; 0 when it has none.</param>
/// <param name="NeededAreaHundredths">Area that must take part; 0 when the rule counts heads only.</param>
/// <param name="Buildings">Empty for a secret ballot's building with fewer than five units: it is then added to the others under "".</param>
/// <param name="PapersReturned">Units whose paper came back; for secret ballots, papers marked returned.</param>
/// <param name="PapersEntered">Secret papers typed in; equals <paramref name="PapersReturned"/> for named ballots.</param>
/// <param name="ReminderAudience">How many people a reminder would reach now: those whose unit has not voted.</param>
public sealed record BallotTracker(
    BallotView Ballot,
    int ReturnedUnits,
    int ReturnedPersons,
    long ReturnedAreaHundredths,
    int NeededPersons,
    long NeededAreaHundredths,
    IReadOnlyList<BuildingTurnout> Buildings,
    int PapersReturned,
    int PapersEntered,
    int ReminderAudience);

public sealed record BuildingTurnout(string Building, int RollUnits, int ReturnedUnits, long RollAreaHundredths, long ReturnedAreaHundredths);

/// <summary>The door-knock list: units that have not voted, for staff to print. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListNonVoters(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<IReadOnlyList<RollUnitLine>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A unit of the roll as staff see it. Names are masked.</summary>
public sealed record RollUnitLine(string Key, string Label, string Building, long AreaHundredths, bool HasVoted, bool IsRemoved, IReadOnlyList<string> People);

/// <summary>Finds units of a roll by door or name, at most 50, for the help desk and paper entry. Refused with <c>ballot.not-found</c>.</summary>
public sealed record FindRollUnits(Caller Caller, CommunityId Community, BallotId Ballot, string Text) : IQuery<IReadOnlyList<RollUnitLine>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Reminds now everybody whose unit has not voted: the count shown by the tracker is the count sent; nobody twice a day. Refused with <c>ballot.not-found</c>, <c>ballot.window-closed</c> and their like.</summary>
/// <returns>How many messages were written.</returns>
public sealed record RemindNow(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}
