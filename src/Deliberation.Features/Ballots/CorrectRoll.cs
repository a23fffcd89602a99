using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Corrects a frozen roll, dated and with a public reason. A unit that has voted is not removed; a closed ballot is not changed.
/// Refused with <c>ballot.unit-not-found</c>, <c>ballot.already-voted</c>, <c>ballot.reason-required</c>, <c>ballot.window-closed</c>, <c>ballot.correction-empty</c>.</summary>
/// <param name="Change">Remove, Restore, or AddPerson: lets <paramref name="Resident"/> act for the unit.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record CorrectRoll(
    Caller Caller, CommunityId Community, BallotId Ballot, string Unit, RollChange Change, ResidentId? Resident, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

public enum RollChange
{
    Remove,
    Restore,
    AddPerson,
}
