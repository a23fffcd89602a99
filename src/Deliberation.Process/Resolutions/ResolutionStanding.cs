namespace Deliberation.Process.Resolutions;

/// <summary>Where a resolution stands (成果转化).</summary>
public enum ResolutionStanding
{
    /// <summary>No department is responsible (待落实单位).</summary>
    Unassigned,

    /// <summary>A department is at it (落实中).</summary>
    InWork,

    /// <summary>Its last day is over and there is no proof (已超期).</summary>
    Overdue,

    Done,

    /// <summary>Its ballot was annulled, or counted again with another outcome (已失效).</summary>
    Lapsed,
}

public static class ResolutionStandings
{
    /// <summary>Days from adoption after which a resolution without a department goes up (mechanisms.md M2.6).</summary>
    public const int DaysToAssign = 7;

    /// <param name="today">Today in the community's zone.</param>
    /// <param name="dueOn">Last day, inclusive; null without a department.</param>
    public static ResolutionStanding Of(DateOnly today, DateOnly? dueOn, bool isDone, bool isLapsed) =>
        isDone ? ResolutionStanding.Done
        : isLapsed ? ResolutionStanding.Lapsed
        : dueOn is not { } day ? ResolutionStanding.Unassigned
        : today > day ? ResolutionStanding.Overdue : ResolutionStanding.InWork;
}
