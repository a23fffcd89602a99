using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Evaluations;

/// <summary>An evaluation's form (评议).</summary>
/// <param name="MyPoints">What the household answered, one a question, 0 = not sure; null when it has not.</param>
public sealed record EvaluationPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Title,
    IReadOnlyList<string> Questions,
    int Round,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    bool MayAnswer,
    IReadOnlyList<int>? MyPoints,
    string? MyRemark);

public sealed record GetEvaluation(Caller Caller, CommunityId Community, Guid Evaluation) : IQuery<EvaluationPage>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

public sealed record MyEvaluation(Guid Id, ProjectId Project, string ProjectTitle, string Title, int Round, DateTimeOffset ClosesAt, bool IsAnswered);

/// <summary>Evaluations open for the calling resident's household, by closing instant.</summary>
public sealed record ListMyEvaluations(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<MyEvaluation>>
{
    public Audience Audience => Audience.Resident;
}
