namespace Deliberation.Cli.Verify;

/// <summary>One question that the audit asks, and its answer.</summary>
internal sealed class Check(string name)
{
    public string Name { get; } = name;

    public bool IsOk { get; private set; } = true;

    /// <summary>What was checked; or the first thing that was wrong.</summary>
    public string Detail { get; private set; } = "";

    public void Say(string detail)
    {
        if (IsOk) Detail = detail;
    }

    public void Fail(string detail)
    {
        if (IsOk) Detail = detail;
        IsOk = false;
    }
}

/// <summary>Where a finding puts the blame.</summary>
internal enum Blame
{
    /// <summary>On the leaf itself: its hash, its form, its place.</summary>
    Leaf,

    /// <summary>On a leaf that speaks of leaves before it or of a file: counts, hashes of files.</summary>
    Claim,

    /// <summary>On a leaf that files do not bear out; with leaves missing or changed anywhere that need not be its own fault.</summary>
    File,

    /// <summary>On the leaves from here to a checkpoint whose root is another.</summary>
    Interval,
}

/// <summary>All that was found to be wrong. The first bad index follows from it.</summary>
internal sealed class Findings
{
    private const int Most = 1_000;

    private readonly List<Finding> _all = [];

    public bool Any => _all.Count > 0;

    /// <summary>Enough is wrong: reading on would tell nothing new.</summary>
    public bool IsFull => _all.Count >= Most;

    /// <param name="end">Of an interval, exclusive.</param>
    public void Add(Check check, string sentence, long? index = null, Blame blame = Blame.Claim, long end = 0)
    {
        check.Fail(sentence);
        if (!IsFull || blame is Blame.Interval) _all.Add(new(sentence, index, blame, end));
    }

    /// <summary>
    /// The leaf named first. Inside an interval whose root is wrong nothing that leaves say of each other can be trusted: there only a leaf's own fault
    /// is exact, without one the interval's beginning is named.
    /// </summary>
    public (long? Index, string? Sentence) First()
    {
        var interval = _all.Where(f => f.Blame is Blame.Interval).MinBy(f => f.Index);
        var exact = _all.Where(f => f is { Index: not null, Blame: not Blame.Interval })
            .Where(f => interval is null || (f.Blame is not Blame.File && f.Index < interval.Index) || (f.Blame is Blame.Leaf && f.Index < interval.End))
            .MinBy(f => f.Index);
        var first = exact ?? interval ?? _all.FirstOrDefault();
        return (first?.Index, first?.Sentence);
    }

    private sealed record Finding(string Sentence, long? Index, Blame Blame, long End);
}
