namespace Deliberation.Cli.Verify.Log;

/// <summary>What one leaf of the ledger says.</summary>
internal abstract record Leaf;

/// <param name="Key">SPKI, base64.</param>
internal sealed record KeyLeaf(string Name, string Role, string Key, bool IsAdded) : Leaf;

/// <summary>A leaf about a ballot.</summary>
internal abstract record BallotLeaf(Guid Ballot) : Leaf;

internal sealed record OpenedLeaf(Guid Ballot, Hash32 Definition, Hash32 Roll, long Units) : BallotLeaf(Ballot);

internal sealed record RollLeaf(Guid Ballot, Hash32 Roll, long Units) : BallotLeaf(Ballot);

internal sealed record VoteLeaf(Guid Ballot, Hash32 Commitment) : BallotLeaf(Ballot);

internal sealed record ClosedLeaf(Guid Ballot, long Participations, long Papers, IReadOnlyList<Hash32> Replaced) : BallotLeaf(Ballot);

internal sealed record CancelledLeaf(Guid Ballot) : BallotLeaf(Ballot);

internal sealed record TallyLeaf(Guid Ballot, long Version, Hash32 Tally) : BallotLeaf(Ballot);
