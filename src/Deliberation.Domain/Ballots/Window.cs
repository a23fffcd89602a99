namespace Deliberation.Domain.Ballots;

/// <summary>The time in which votes are taken (投票时间), half-open: <c>[OpensAt, ClosesAt)</c>.</summary>
/// <param name="OpensAt">First instant at which a vote is taken.</param>
/// <param name="ClosesAt">First instant at which no vote is taken any more; after <paramref name="OpensAt"/>.</param>
public readonly record struct Window(DateTimeOffset OpensAt, DateTimeOffset ClosesAt)
{
    /// <summary>True from the opening instant until just before the closing instant.</summary>
    public bool Contains(DateTimeOffset instant) => OpensAt <= instant && instant < ClosesAt;

    /// <summary>True from the closing instant on.</summary>
    public bool IsOver(DateTimeOffset now) => ClosesAt <= now;
}
