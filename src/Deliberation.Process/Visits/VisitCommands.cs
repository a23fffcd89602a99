using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Visits;

/// <summary>Starts household visits (走访). When the coverage is reached, bookmark <c>covered</c> is resumed with <c>{"coverage":"129/160"}</c>.</summary>
/// <param name="CoveragePercent">1–100, share of households visited at least once, inclusive.</param>
public sealed record StartVisitsCommand(int CoveragePercent, DateTimeOffset Until) : IWorkflowCommand;

/// <summary>Ends the visits of this visit of the activity, covered or not.</summary>
public sealed record EndVisitsCommand : IWorkflowCommand;
