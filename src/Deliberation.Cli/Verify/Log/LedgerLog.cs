using Deliberation.Cli.Verify.Bundles;
using System.Runtime.InteropServices;

namespace Deliberation.Cli.Verify.Log;

/// <summary>What the leaves say, taken in one after the other. A leaf that must not stand where it stands is told with its index.</summary>
internal sealed class LedgerLog(Checks checks, Findings findings) : IDisposable
{
    private const int MostKeys = 10_000;

    private readonly Dictionary<Guid, LoggedBallot> _ballots = [];

    public Dictionary<Hash32, LoggedVote> Votes { get; } = [];

    /// <summary>In the order of opening.</summary>
    public List<LoggedBallot> Ballots { get; } = [];

    public List<LogKey> Keys { get; } = [];

    public LoggedBallot? Find(Guid ballot) => _ballots.GetValueOrDefault(ballot);

    public void Take(Leaf leaf, long index)
    {
        switch (leaf)
        {
            case VoteLeaf vote: Take(vote, index); break;
            case KeyLeaf key: Take(key, index); break;
            case OpenedLeaf opened: Take(opened, index); break;
            case RollLeaf roll when Running(roll, index, "a change of the roll") is { } ballot: ballot.Amend(roll, index); break;
            case ClosedLeaf closed when Running(closed, index, "a closing") is { } ballot: Close(ballot, closed, index); break;
            case CancelledLeaf cancelled when Running(cancelled, index, "a cancelling") is { } ballot: ballot.IsCancelled = true; break;
            case TallyLeaf tally: Take(tally, index); break;
        }
    }

    public void Dispose() => Keys.ForEach(key => key.Dispose());

    private void Take(VoteLeaf vote, long index)
    {
        if (Running(vote, index, "a vote") is not { } ballot) return;
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(Votes, vote.Commitment, out var exists);
        if (exists)
        {
            findings.Add(checks.Unique, $"Leaf {index} repeats the commitment of leaf {known.Index}.", index, Blame.Leaf);
            return;
        }

        known = new(ballot.Number, index, false, false);
        ballot.Votes++;
    }

    private void Take(KeyLeaf leaf, long index)
    {
        var valid = Keys.FindLast(key => key.RemovedAt is null && key.Name == leaf.Name && key.Role == leaf.Role && key.Key == leaf.Key);
        if (!leaf.IsAdded && valid is not null) valid.RemovedAt = index;
        else if (!leaf.IsAdded) findings.Add(checks.Order, $"Leaf {index} removes a key that is not in use.", index, Blame.Leaf);
        else if (valid is not null) findings.Add(checks.Order, $"Leaf {index} adds a key that is in use already.", index, Blame.Leaf);
        else if (Keys.Count == MostKeys) throw new BundleException($"The log names more than {MostKeys:N0} keys.");
        else if (LogKey.TryRead(leaf, index) is { } key) Keys.Add(key);
        else findings.Add(checks.Bodies, $"Leaf {index} adds a key that is no P-256 key.", index, Blame.Leaf);
    }

    private void Take(OpenedLeaf leaf, long index)
    {
        var ballot = new LoggedBallot(Ballots.Count, index, leaf);
        if (_ballots.TryAdd(leaf.Ballot, ballot)) Ballots.Add(ballot);
        else findings.Add(checks.Order, $"Leaf {index} opens ballot {leaf.Ballot} a second time.", index, Blame.Leaf);
    }

    private void Close(LoggedBallot ballot, ClosedLeaf leaf, long index)
    {
        (ballot.Closed, ballot.ClosedAt) = (leaf, index);
        var last = default(Hash32);
        for (var i = 0; i < leaf.Replaced.Count; i++)
        {
            var commitment = leaf.Replaced[i];
            if (i > 0 && last.CompareTo(commitment) >= 0)
                findings.Add(checks.Counts, $"Leaf {index} does not list the replaced commitments in order, each once.", index);
            last = commitment;
            ref var vote = ref CollectionsMarshal.GetValueRefOrNullRef(Votes, commitment);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref vote) || vote.Ballot != ballot.Number)
                findings.Add(checks.Counts, $"Leaf {index} names a replaced commitment that is no vote of its ballot.", index);
            else vote.IsReplaced = true;
        }

        if (ballot.Votes != leaf.Papers + leaf.Replaced.Count)
            findings.Add(checks.Counts, $"Leaf {index} closes ballot {ballot.Id} with {leaf.Papers} papers and {leaf.Replaced.Count} replaced, the log holds {ballot.Votes} votes.", index);
        if (leaf.Participations > ballot.Units)
            findings.Add(checks.Counts, $"Leaf {index} closes ballot {ballot.Id} with {leaf.Participations} participations of {ballot.Units} on the roll.", index);
    }

    private void Take(TallyLeaf leaf, long index)
    {
        if (Find(leaf.Ballot) is not { Closed: not null, IsCancelled: false } ballot)
            findings.Add(checks.Order, $"Leaf {index} publishes a tally of ballot {leaf.Ballot}, which is not closed.", index, Blame.Leaf);
        else if (leaf.Version != ballot.Tallies.Count + 1)
            findings.Add(checks.Order, $"Leaf {index} publishes version {leaf.Version} of a tally after version {ballot.Tallies.Count}.", index, Blame.Leaf);
        else ballot.Tallies.Add((index, leaf.Tally));
    }

    /// <summary>The ballot of a leaf that may only stand while it runs; null when it does not run, which is told.</summary>
    private LoggedBallot? Running(BallotLeaf leaf, long index, string what)
    {
        if (Find(leaf.Ballot) is not { } ballot)
        {
            findings.Add(checks.Order, $"Leaf {index} is {what} of ballot {leaf.Ballot}, which was not opened before.", index, Blame.Leaf);
            return null;
        }

        if (ballot.TakesVotes) return ballot;
        findings.Add(checks.AfterClose, $"Leaf {index} is {what} of ballot {leaf.Ballot} after its {(ballot.IsCancelled ? "cancelling" : "close")}.", index, Blame.Leaf);
        return null;
    }
}
