using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
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

internal sealed class GetEvaluationHandler(CouncilSession session) : IRequestHandler<GetEvaluation, Result<EvaluationPage>>
{
    public async Task<Result<EvaluationPage>> Handle(GetEvaluation request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.FindEvaluationAsync(request.Community, request.Evaluation, "", cancellationToken) is not { } evaluation)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var title = await connection.ScalarAsync<string>(
            "select title from project where community_id = @community and project_id = @projectId", new { request.Community, evaluation.ProjectId }, cancellationToken);
        var answer = request.Caller.Household is { } household
            ? await connection.RowAsync<AnswerRow>(
                """
                select points::int[] as points, remark from evaluation_answer
                where community_id = @community and evaluation_id = @evaluation and household_id = @household
                """,
                new { request.Community, request.Evaluation, household },
                cancellationToken)
            : null;
        return new EvaluationPage(
            evaluation.EvaluationId, evaluation.ProjectId, title, evaluation.Title, evaluation.Questions, evaluation.Round, evaluation.OpensAt, evaluation.ClosesAt,
            evaluation.State, evaluation.IsOpen(now) && request.Caller.Household is not null, answer?.Points, answer?.Remark);
    }

    private sealed record AnswerRow(int[] Points, string Remark);
}

internal sealed class ListMyEvaluationsHandler(CouncilSession session) : IRequestHandler<ListMyEvaluations, Result<IReadOnlyList<MyEvaluation>>>
{
    public async Task<Result<IReadOnlyList<MyEvaluation>>> Handle(ListMyEvaluations request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var rows = await session.Connection.RowsAsync<MyEvaluation>(
            """
            select e.evaluation_id as id, e.project_id as project, p.title as project_title, e.title, e.round, e.closes_at,
                exists (
                    select 1 from evaluation_answer a
                    where a.community_id = e.community_id and a.evaluation_id = e.evaluation_id and a.household_id = @household::uuid) as is_answered
            from evaluation e join project p using (community_id, project_id)
            where e.community_id = @community and @household::uuid is not null and e.state = 'Open' and e.opens_at <= @now and e.closes_at > @now
            order by e.closes_at, e.evaluation_id
            """,
            new { request.Community, household = request.Caller.Household?.Value, now },
            cancellationToken);
        return new Result<IReadOnlyList<MyEvaluation>>.Accepted(rows);
    }
}
