using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Evaluations;

/// <summary>A household's answer; it may be replaced until the close.</summary>
/// <param name="Points">One a question, 1–5, 0 = not sure.</param>
/// <param name="Remark">At most 2,000 characters.</param>
public sealed record AnswerEvaluation(Caller Caller, CommunityId Community, Guid Evaluation, IReadOnlyList<int> Points, string Remark) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class AnswerEvaluationHandler(CouncilSession session) : IRequestHandler<AnswerEvaluation, Result<Done>>
{
    public async Task<Result<Done>> Handle(AnswerEvaluation request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        // Shared: answers of several households at once, but none while it is being counted.
        if (await connection.FindEvaluationAsync(request.Community, request.Evaluation, "for share", cancellationToken) is not { } evaluation)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!evaluation.IsOpen(now))
        {
            return Refusal.Conflict("evaluation.window-closed", ("closesAt", evaluation.ClosesAt));
        }

        if (request.Caller.Household is not { } household)
        {
            return Refusal.Forbidden("evaluation.no-household");
        }

        if (request.Points.Count != evaluation.Questions.Length || request.Points.Any(point => point is < 0 or > 5))
        {
            return Refusal.Invalid("evaluation.points-invalid", "Points");
        }

        if (request.Points.All(point => point == 0))
        {
            return Refusal.Invalid("evaluation.points-missing", "Points");
        }

        if (request.Remark.Length > 2000)
        {
            return Refusal.Invalid("evaluation.remark-length", "Remark");
        }

        await connection.RunAsync(
            """
            insert into evaluation_answer (community_id, evaluation_id, household_id, points, remark, answered_at)
            values (@community, @evaluation, @household, @points::smallint[], @remark, @now)
            on conflict (community_id, evaluation_id, household_id) do update
            set points = excluded.points, remark = excluded.remark, answered_at = excluded.answered_at
            """,
            new { request.Community, request.Evaluation, household, points = request.Points.ToArray(), remark = request.Remark.Trim(), now },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(AnswerEvaluation), $"evaluation:{request.Evaluation}", now, cancellationToken);
        return Done.Value;
    }
}
