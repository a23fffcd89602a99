using Deliberation.Cli.Verify.Bundles;

namespace Deliberation.Cli.Verify.Log;

/// <summary>Reads <c>log.txt</c> once from the first leaf to the last: hash, form, place, and the root at every size that a checkpoint names.</summary>
internal sealed class LogFile(Checks checks, Findings findings, LedgerLog log, CheckpointList checkpoints)
{
    public const string Name = "log.txt";
    private const int MostLineBytes = 32 << 20; // a closing lists every replaced commitment
    private const long MostLeaves = 20_000_000;

    private LogTree _told = new();
    private LogTree? _true; // of the hashes as they must be; kept apart from the first that differs

    public long Size => _told.Size;

    public void Read(BundleFiles files)
    {
        using var lines = new LineReader(files.OpenFile(Name), Name, MostLineBytes);
        checkpoints.Reach(0, _told, _true);
        while (lines.TryRead(out var line) && !findings.IsFull)
        {
            if (Size == MostLeaves) throw new BundleException($"{Name} has more than {MostLeaves:N0} leaves.");
            Take(line.Span);
            checkpoints.Reach(Size, _told, _true);
        }

        checkpoints.End(Size);
        checks.Hashes.Say($"{Size:N0} leaves");
        checks.Bodies.Say($"{Size:N0} leaves");
        checks.Unique.Say($"{log.Votes.Count:N0} commitments");
        checks.Order.Say($"{log.Ballots.Count:N0} ballots");
        checks.AfterClose.Say($"{log.Ballots.Count(b => !b.TakesVotes):N0} ballots ended");
        checks.Counts.Say($"{log.Ballots.Count(b => b.Closed is not null):N0} ballots closed");
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        var index = Size;
        if (line.Length < 66 || line[64] != ' ' || !Hash32.TryParse(line[..64], out var told))
        {
            findings.Add(checks.Hashes, $"Leaf {index} is not a hash, a space and a body.", index, Blame.Leaf);
            told = default;
        }

        var body = line.Length < 65 ? line : line[65..];
        var right = LogTree.Leaf(body);
        if (right != told)
        {
            findings.Add(checks.Hashes, $"Leaf {index} has another hash than the one written before it.", index, Blame.Leaf);
            _true ??= _told.Copy();
        }

        _told.Append(told);
        _true?.Append(right);
        if (LeafBody.Read(body) is { } leaf) log.Take(leaf, index);
        else findings.Add(checks.Bodies, $"Leaf {index} is none of the entries that a ledger has.", index, Blame.Leaf);
    }
}
