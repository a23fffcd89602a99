namespace Deliberation.Cli.Verify.Log;

/// <summary>A vote of the log.</summary>
/// <param name="Ballot">Number of its ballot, in the order of opening.</param>
internal record struct LoggedVote(int Ballot, long Index, bool IsReplaced, bool IsOpened);

/// <summary>A ballot as the log tells it.</summary>
internal sealed class LoggedBallot(int number, long index, OpenedLeaf opened)
{
    /// <summary>In the order of opening, from 0.</summary>
    public int Number { get; } = number;

    public Guid Id { get; } = opened.Ballot;

    public long OpenedAt { get; } = index;

    public Hash32 Definition { get; } = opened.Definition;

    /// <summary>Of the last amendment.</summary>
    public Hash32 Roll { get; private set; } = opened.Roll;

    public long RollAt { get; private set; } = index;

    public long Units { get; private set; } = opened.Units;

    public long Votes { get; set; }

    public ClosedLeaf? Closed { get; set; }

    public long ClosedAt { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>By version: 1, 2, …</summary>
    public List<(long Index, Hash32 Hash)> Tallies { get; } = [];

    public string State => IsCancelled ? "Cancelled" : Closed is null ? "Open" : Tallies.Count == 0 ? "Closed" : "Published";

    public bool TakesVotes => !IsCancelled && Closed is null;

    public void Amend(RollLeaf leaf, long index) => (Roll, Units, RollAt) = (leaf.Roll, leaf.Units, index);
}
