using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Workflows.Execution;

namespace Deliberation.Process.Simulation;

/// <summary>One thing that happened in a simulation.</summary>
/// <param name="Kind">Stage, Visits, Meeting, Notice, Ballot, Pledges, Task, Evaluation, Covenant, Decision, Reminder, Escalation, Outcome, Office or Closed; <c>Answer</c> for what somebody did.</param>
/// <param name="Workflow">Definition id.</param>
/// <param name="TextKey">Text of the line, under <c>simulation.…</c>.</param>
public sealed record SimulationLine(DateTimeOffset At, string Kind, string Workflow, string ActivityId, string TextKey, JsonObject Values);

/// <summary>A whole project, played.</summary>
/// <param name="Incidents">Empty when the template is sound.</param>
/// <param name="IsFinished">True when the project ran to its end.</param>
public sealed record SimulationResult(
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    bool IsFinished,
    IReadOnlyList<SimulationLine> Lines,
    IReadOnlyList<HostedInstance> Instances)
{
    public IEnumerable<Incident> Incidents => Instances.SelectMany(instance => instance.Incidents);
}

/// <summary>A stage in the calendar of the launch wizard.</summary>
/// <param name="Start">First day, inclusive.</param>
/// <param name="End">Last day, inclusive.</param>
/// <param name="IsProvisional">True when the holiday list of one of its years is not published yet.</param>
public sealed record StageDates(Stage Stage, DateOnly Start, DateOnly End, bool IsProvisional, IReadOnlyList<Milestone> Milestones);

/// <summary>A dated step inside a stage: a meeting, a window or a decision.</summary>
/// <param name="Kind">As in <see cref="SimulationLine"/>.</param>
/// <param name="Title">In the template's words.</param>
/// <param name="End">Last day of a window, inclusive; the same as <paramref name="Start"/> for a meeting.</param>
/// <param name="Roll">Whose ballot it is: Owners, Households, Residents or Members; null for other kinds.</param>
public sealed record Milestone(string Kind, string Title, DateOnly Start, DateOnly End, string? Roll = null)
{
    /// <summary>Law profile of a ballot; null for other kinds.</summary>
    public string? Law { get; init; }

    /// <summary>An election that is held on paper only where no local basis for anything else is on record.</summary>
    public bool IsStatutory { get; init; }
}
