using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Npgsql;

namespace Deliberation.Features.Evaluations;

/// <summary>An evaluation as stored.</summary>
internal sealed record EvaluationRow(
    Guid EvaluationId, ProjectId ProjectId, string Title, string[] Questions, int MinimumAnswers, int MinimumPercent, int SatisfiedPercent, int Round,
    int HouseholdCount, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome, int? AnswerCount, int? SatisfiedCount, DateTimeOffset? ClosedAt)
{
    public const string Columns =
        "evaluation_id, project_id, title, questions, minimum_answers, minimum_percent, satisfied_percent, round, household_count, opens_at, closes_at, state, outcome, answer_count, satisfied_count, closed_at";

    public string Link => $"/evaluations/{EvaluationId}";

    /// <summary>The larger of the fixed minimum and the share of households, rounded up; never more than there are households.</summary>
    public int NeededAnswers => Math.Min(HouseholdCount, Math.Max(MinimumAnswers, (int)((((long)HouseholdCount * MinimumPercent) + 99) / 100)));

    public bool IsOpen(DateTimeOffset now) => State == "Open" && now >= OpensAt && now < ClosesAt;
}

internal static class EvaluationRows
{
    public static Task<EvaluationRow?> LockEvaluationAsync(this StepContext step, CancellationToken cancellationToken) =>
        step.Connection.RowAsync<EvaluationRow>(
            $"select {EvaluationRow.Columns} from evaluation where community_id = @community and instance_id = @instanceId and visit_id = @visitId for update",
            new { community = step.Community, step.InstanceId, step.VisitId },
            cancellationToken);

    public static Task<EvaluationRow?> FindEvaluationAsync(
        this NpgsqlConnection connection, CommunityId community, Guid evaluation, string locking, CancellationToken cancellationToken) =>
        connection.RowAsync<EvaluationRow>(
            $"select {EvaluationRow.Columns} from evaluation where community_id = @community and evaluation_id = @evaluation {locking}",
            new { community, evaluation },
            cancellationToken);
}
