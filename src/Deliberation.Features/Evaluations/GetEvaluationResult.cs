using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Evaluations;

/// <summary>Answers to one question.</summary>
/// <param name="Counts">Not sure, 1, 2, 3, 4, 5 points. A null cell is hidden: fewer than 5, or it would reveal one that is.</param>
public sealed record QuestionResult(string Question, IReadOnlyList<int?> Counts);

/// <summary>The result of a closed evaluation.</summary>
/// <param name="SatisfiedCount">Households whose points average 4 or more.</param>
/// <param name="NeededAnswers">Smallest number of answers that counts.</param>
public sealed record EvaluationResult(
    Guid Id,
    ProjectId Project,
    string Title,
    int Round,
    string Outcome,
    int HouseholdCount,
    int AnswerCount,
    int NeededAnswers,
    int? SatisfiedCount,
    int SatisfiedPercent,
    IReadOnlyList<QuestionResult> Questions,
    DateTimeOffset ClosedAt)
{
    /// <summary>The satisfied among those who answered, in tenths of a percent, half rounded up; null while their number is hidden.</summary>
    public int? SatisfiedTenths => SatisfiedCount is { } satisfied ? EvaluationScore.Tenths(satisfied, AnswerCount) : null;

    /// <summary>Smallest number of satisfied households that reaches <see cref="SatisfiedPercent"/>.</summary>
    public int NeededSatisfied => EvaluationScore.Needed(AnswerCount, SatisfiedPercent);
}

/// <summary>Refused with <c>evaluation.still-open</c> before the close: nobody sees interim figures.</summary>
public sealed record GetEvaluationResult(Caller Caller, CommunityId Community, Guid Evaluation) : IQuery<EvaluationResult>
{
    public Audience Audience => Audience.Everyone;
}

public sealed record EvaluationLine(Guid Id, string Title, int Round, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State, string? Outcome);

/// <summary>Evaluations of a project, newest first.</summary>
public sealed record ListEvaluations(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<IReadOnlyList<EvaluationLine>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetEvaluationResultHandler(CouncilSession session) : IRequestHandler<GetEvaluationResult, Result<EvaluationResult>>
{
    public async Task<Result<EvaluationResult>> Handle(GetEvaluationResult request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.FindEvaluationAsync(request.Community, request.Evaluation, "", cancellationToken) is not { } evaluation)
        {
            return AccessRefusals.NotFound;
        }

        if (evaluation.Outcome is not { } outcome)
        {
            return Refusal.Conflict("evaluation.still-open", ("closesAt", evaluation.ClosesAt));
        }

        var answers = await connection.RowsAsync<int[]>(
            "select points::int[] as points from evaluation_answer where community_id = @community and evaluation_id = @evaluation",
            new { request.Community, request.Evaluation },
            cancellationToken);
        var questions = evaluation.Questions.Select((question, i) => new QuestionResult(
            question,
            SmallCells.Hide([.. Enumerable.Range(0, 6).Select(point => answers.Count(row => i < row.Length && row[i] == point))])));
        var answered = evaluation.AnswerCount ?? 0;
        var satisfied = evaluation.SatisfiedCount ?? 0;
        var isTooSmall = answered is > 0 and < SmallCells.Smallest;
        return new EvaluationResult(
            evaluation.EvaluationId, evaluation.ProjectId, evaluation.Title, evaluation.Round, outcome, evaluation.HouseholdCount, answered, evaluation.NeededAnswers,
            isTooSmall ? null : satisfied, evaluation.SatisfiedPercent, [.. questions], evaluation.ClosedAt!.Value);
    }
}

internal sealed class ListEvaluationsHandler(CouncilSession session) : IRequestHandler<ListEvaluations, Result<IReadOnlyList<EvaluationLine>>>
{
    public async Task<Result<IReadOnlyList<EvaluationLine>>> Handle(ListEvaluations request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<EvaluationLine>(
            """
            select evaluation_id as id, title, round, opens_at, closes_at, state, outcome
            from evaluation where community_id = @community and project_id = @project order by opens_at desc, evaluation_id
            """,
            new { request.Community, request.Project },
            cancellationToken);
        return new Result<IReadOnlyList<EvaluationLine>>.Accepted(rows);
    }
}
