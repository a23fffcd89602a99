using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Ballots;

/// <summary>Types in the paper of a named ballot: unit, serial, choice, witness. Refused like <see cref="CastVote"/>, and with
/// <c>ballot.serial-used</c>, <c>ballot.witness-required</c>, <c>ballot.paper-is-secret</c>.</summary>
/// <param name="Choices">Empty for a spoilt paper.</param>
/// <param name="Replaces">True: the paper takes the place of a vote that is there; false: that is refused with <c>ballot.already-voted</c>.</param>
public sealed record RecordPaperVote(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    string Unit,
    string Serial,
    IReadOnlyList<string> Choices,
    string Witness,
    bool Replaces = false) : ICommand<Receipt>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Secret ballots, first half: the unit handed its paper in; the choice is not known here. Refused with <c>ballot.already-voted</c>, <c>ballot.paper-is-named</c>.</summary>
public sealed record MarkPaperReturned(Caller Caller, CommunityId Community, BallotId Ballot, string Unit, string Witness) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Secret ballots, second half: types in one paper from the box, without a voter. Refused with <c>ballot.more-papers-than-returned</c>, <c>ballot.serial-used</c>.
/// Papers never typed in count as returned and spoilt.</summary>
public sealed record RecordSecretPaper(
    Caller Caller,
    CommunityId Community,
    BallotId Ballot,
    string Serial,
    IReadOnlyList<string> Choices,
    string Witness) : ICommand<Receipt>
{
    public Audience Audience => Audience.Workers;
}
