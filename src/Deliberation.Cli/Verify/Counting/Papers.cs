namespace Deliberation.Cli.Verify.Counting;

/// <summary>What became of a paper, as the openings tell it.</summary>
internal enum PaperStatus
{
    Counted,
    Spoilt,
    SetAside,
    Replaced,
}

/// <summary>A paper as it was opened.</summary>
/// <param name="Unit">Empty in a secret ballot.</param>
internal readonly record struct Paper(string Unit, string[] Choices, PaperStatus Status);

/// <summary>A voting unit of the roll.</summary>
internal readonly record struct RollUnit(long Persons, long AreaHundredths);

/// <summary>Everything that is counted.</summary>
/// <param name="Roll">By unit key.</param>
/// <param name="Papers">Without replaced ones.</param>
/// <param name="Participations">As the closing tells them.</param>
internal sealed record Urn(Definition Definition, IReadOnlyDictionary<string, RollUnit> Roll, IReadOnlyList<Paper> Papers, long Participations)
{
    public IEnumerable<Paper> Counted => Papers.Where(paper => paper.Status is PaperStatus.Counted);

    /// <summary>Papers of those who are on the roll; in a secret ballot whoever took part.</summary>
    public long Returned => Definition.IsSecret ? Participations : Papers.Count(paper => Roll.ContainsKey(paper.Unit));

    /// <summary>Signed in at the meeting, where the tally tells it; who returned a paper was there.</summary>
    public long? SignedIn { get; init; }

    /// <summary>Papers without a choice.</summary>
    public long Spoilt => Papers.Count(paper => paper.Status is PaperStatus.Spoilt);

    /// <summary>As a rule counts them: papers handed in and never typed in are spoilt too.</summary>
    public long SpoiltOrMissing => Spoilt + (Definition.IsSecret ? Math.Max(0, Returned - Papers.Count) : 0);
}

/// <summary>What a count came to; what a rule does not have is null.</summary>
internal sealed record Recounted(string Outcome)
{
    public IReadOnlyList<string>? Elected { get; init; }

    public IReadOnlyList<string>? Funded { get; init; }

    /// <summary>Best first; equal ones together.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Order { get; init; }
}

/// <summary>The count cannot be repeated; the message says why.</summary>
internal sealed class RecountException(string message) : Exception(message);
