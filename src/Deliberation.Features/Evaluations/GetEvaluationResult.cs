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
    DateTimeOffset ClosedAt);

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
