using Deliberation.Workflows.Activities;

namespace Deliberation.Process;

/// <summary>The activities that templates may use.</summary>
public static class CouncilActivities
{
    /// <summary>Elsa's own activities and the council's.</summary>
    public static ActivityRegistry Registry { get; } = new ActivityRegistry().AddAssembly(typeof(CouncilActivities).Assembly);
}
