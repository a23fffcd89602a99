using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Questions;

/// <summary>The product reminds of a question that is not answered, or tells the post above.</summary>
/// <param name="IsLate">Its last day was the working day before.</param>
public sealed record TellOfQuestion(Caller Caller, CommunityId Community, Guid Question, bool IsLate) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>An unanswered question is reminded of once and goes up once (decision 0029).</summary>
internal sealed class QuestionRoutine : IRoutine
{
    public async Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.RowAsync<DueRow>(
            """
            (select community_id, question_id, false as is_late from policy_question where answered_at is null and reminded_at is null and remind_at <= @now order by remind_at limit 1)
            union all
            (select community_id, question_id, true from policy_question where answered_at is null and escalated_at is null and escalate_at <= @now order by escalate_at limit 1)
            limit 1
            """,
            new { now },
            cancellationToken) is { } due ? new TellOfQuestion(Caller.System, due.CommunityId, due.QuestionId, due.IsLate) : null;

    private sealed record DueRow(CommunityId CommunityId, Guid QuestionId, bool IsLate);
}

internal sealed class TellOfQuestionHandler(CouncilSession session) : IRequestHandler<TellOfQuestion, Result<Done>>
{
    public async Task<Result<Done>> Handle(TellOfQuestion request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockQuestionAsync(request.Community, request.Question, cancellationToken) is not { AnsweredAt: null } question)
        {
            return QuestionRefusals.NotDue;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var told = await connection.RunAsync(
            """
            update policy_question set reminded_at = coalesce(reminded_at, @now), escalated_at = case when @IsLate then @now end
            where community_id = @Community and question_id = @Question
                and case when @IsLate then escalated_at is null and escalate_at <= @now else reminded_at is null and remind_at <= @now end
            """,
            new { request.Community, request.Question, request.IsLate, now },
            cancellationToken);
        if (told == 0)
        {
            return QuestionRefusals.NotDue;
        }

        var isStillNews = request.IsLate || now < question.DueAt; // a reminder found late is not sent, going up always is
        var message = Questions.Message(request.Community, question.Post, question.QuestionId, question.Body, question.DueAt, request.IsLate ? "late" : "remind", now);
        string? above = null;
        if (request.IsLate)
        {
            above = await connection.TellPostAndAboveAsync(message, "question.reason.above", cancellationToken);
            await connection.RunAsync(
                "update policy_question set escalated_to = @above where community_id = @Community and question_id = @Question", new { above, request.Community, request.Question }, cancellationToken);
        }
        else if (isStillNews)
        {
            await connection.TellPostOrAboveAsync(message, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(TellOfQuestion), $"question:{request.Question}", now, cancellationToken,
            details: new JsonObject { ["late"] = request.IsLate, ["above"] = above, ["tooLate"] = !isStillNews });
        return Done.Value;
    }
}
