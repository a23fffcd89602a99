namespace Deliberation.Features.Projects;

/// <summary>What a project's state allows, for handlers and pages alike.</summary>
public static class ProjectStates
{
    /// <summary>Nothing is written to the project any more.</summary>
    public static bool IsOver(string state) => state is "Closed" or "Cancelled" or "Withdrawn" or "Rejected" or "Merged";

    /// <summary>The same states as a list for SQL.</summary>
    internal const string Over = "('Closed', 'Cancelled', 'Withdrawn', 'Rejected', 'Merged')";
}
