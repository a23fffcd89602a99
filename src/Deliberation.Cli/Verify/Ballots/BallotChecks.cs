namespace Deliberation.Cli.Verify.Ballots;

/// <summary>The questions about one ballot.</summary>
internal sealed class BallotChecks
{
    public Check Definition { get; } = new("definition");

    public Check Tally { get; } = new("tally");

    /// <summary>Auditors' files only, as those below.</summary>
    public Check Roll { get; } = new("roll");

    public Check Openings { get; } = new("openings");

    public Check Choices { get; } = new("choices");

    public Check Recount { get; } = new("recount");
}

/// <summary>What the audit of one ballot came to.</summary>
/// <param name="Level">L0 named, L1 secret.</param>
/// <param name="IsAudited">Its auditors' files were there: openings and roll.</param>
internal sealed record BallotReport(Guid Id, string Level, string State, bool IsAudited, IReadOnlyList<Check> Checks)
{
    public bool IsOk => Checks.All(check => check.IsOk);
}
