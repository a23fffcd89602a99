using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>A project as stored, locked.</summary>
internal sealed record ProjectRow(
    ProjectId ProjectId, string Title, string State, Stage? Stage, string? ResumeState, DateTimeOffset? SuspendedAt, DateTimeOffset? DecidedAt,
    string? UpkeepOwner, DateOnly? UpkeepReviewOn)
{
    public string Link => $"/projects/{ProjectId}";

    public bool IsRunning => State is "Submitted" or "InPlan" or "Decided" or "InBuild" or "InManage" or "InEvaluate" or "InShare";

    /// <summary>Why nothing may be written to it now; null while it runs.</summary>
    public Refusal? Standstill => IsRunning ? null : ProjectStates.IsOver(State) ? ProjectRefusals.Over : ProjectRefusals.NotRunning;
}

internal static class ProjectRows
{
    /// <summary>Locks a project of the community; null when there is none. Foreign keys to it pass.</summary>
    public static Task<ProjectRow?> LockProjectAsync(this NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken) =>
        connection.RowAsync<ProjectRow>(
            """
            select project_id, title, state, stage, resume_state, suspended_at, decided_at, upkeep_owner, upkeep_review_on
            from project where community_id = @community and project_id = @project for no key update
            """,
            new { community, project },
            cancellationToken);

    public static async Task<ProjectRow> LockProjectAsync(this StepContext step, CancellationToken cancellationToken) =>
        await step.Connection.LockProjectAsync(step.Community, step.Project, cancellationToken)
            ?? throw new InvalidOperationException($"Project {step.Project} is gone.");
}

internal static class ProjectRefusals
{
    public static Refusal NotRunning { get; } = Refusal.Conflict("project.not-running");

    public static Refusal Over { get; } = Refusal.Conflict("project.over");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("project.reason-missing", "Reason");
}
