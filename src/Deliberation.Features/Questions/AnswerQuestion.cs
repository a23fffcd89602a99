using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;

namespace Deliberation.Features.Questions;

/// <summary>
/// Answers a question, once, with the date of now and in the name of its department. Refused with <c>question.department-first</c>, <c>question.not-yours</c>, <c>question.already-answered</c>,
/// <c>question.answer-length</c>, <c>question.not-publishable</c>, <c>question.public-body-length</c>.
/// </summary>
/// <param name="Answer">2 to 2,000 characters.</param>
/// <param name="IsPublic">Shown to all; only when the asker agreed.</param>
/// <param name="PublicBody">The question as all read it, 5 to 1,000 characters without names; used when it is public.</param>
public sealed record AnswerQuestion(Caller Caller, CommunityId Community, Guid Question, string? Answer, bool IsPublic, string? PublicBody) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AnswerQuestionHandler(CouncilSession session) : IRequestHandler<AnswerQuestion, Result<Done>>
{
    public async Task<Result<Done>> Handle(AnswerQuestion request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockQuestionAsync(request.Community, request.Question, cancellationToken) is not { } question)
        {
            return AccessRefusals.NotFound;
        }

        if (question.AnsweredAt is not null)
        {
            return QuestionRefusals.AlreadyAnswered;
        }

        if (question.DepartmentId is null)
        {
            return QuestionRefusals.DepartmentFirst;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.ActsForOrAboveAsync(request.Caller, request.Community, question.Post, now, cancellationToken))
        {
            return QuestionRefusals.NotYours;
        }

        if (request.Answer?.ReplaceLineEndings("\n").Trim() is not { Length: >= 2 and <= 2000 } answer)
        {
            return QuestionRefusals.AnswerLength;
        }

        if (request.IsPublic && !question.MayPublish)
        {
            return QuestionRefusals.NotPublishable;
        }

        var publicBody = request.IsPublic ? request.PublicBody?.ReplaceLineEndings("\n").Trim() : null;
        if (request.IsPublic && publicBody is not { Length: >= 5 and <= 1000 })
        {
            return QuestionRefusals.PublicBodyLength;
        }

        await connection.RunAsync(
            """
            update policy_question set answer = @answer, answered_at = @now, answered_by = @Staff, public_body = @publicBody where community_id = @Community and question_id = @Question;
            delete from outbox_message where community_id = @Community and sent_at is null and dedup_key like @waiting
            """,
            new { answer, now, request.Caller.Staff, publicBody, request.Community, request.Question, waiting = $"question:{request.Question}:%" }, // what waits for the morning is not sent any more
            cancellationToken);
        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = request.Community,
                DedupKey = $"question:{request.Question}:answered",
                Resident = question.ResidentId,
                TextKey = "question.message.answered",
                Values = new JsonObject { ["question"] = Questions.Short(question.Body) },
                ReasonKey = "question.reason.asked",
                Link = "/questions",
                CouncilAt = now,
                NotBefore = await connection.NotBeforeAsync(request.Community, now, cancellationToken),
            },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AnswerQuestion), $"question:{request.Question}", now, cancellationToken, details: new JsonObject { ["public"] = request.IsPublic });
        return Done.Value;
    }
}
