using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Questions;

/// <summary>
/// Says which department answers; its dates stay. Another one than before needs a reason.
/// Refused with <c>department.unknown</c>, <c>question.already-answered</c>, <c>task.reason-missing</c>.
/// </summary>
public sealed record AssignQuestion(Caller Caller, CommunityId Community, Guid Question, Guid? Department, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AssignQuestionHandler(CouncilSession session) : IRequestHandler<AssignQuestion, Result<Done>>
{
    public async Task<Result<Done>> Handle(AssignQuestion request, CancellationToken cancellationToken)
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

        if (await connection.LockActiveDepartmentAsync(request.Community, request.Department, cancellationToken) is not { } department)
        {
            return DepartmentRefusals.Unknown;
        }

        if (department.DepartmentId == question.DepartmentId)
        {
            return Done.Value;
        }

        var reason = string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim();
        if (question.DepartmentId is not null && reason is null)
        {
            return QuestionRefusals.ReasonMissing;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            "update policy_question set department_id = @DepartmentId where community_id = @Community and question_id = @Question",
            new { department.DepartmentId, request.Community, request.Question },
            cancellationToken);
        await connection.TellPostOrAboveAsync(
            Questions.Message(request.Community, department.PostCode, question.QuestionId, question.Body, question.DueAt, "assigned", now), cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AssignQuestion), $"question:{request.Question}", now, cancellationToken, reason,
            new JsonObject { ["from"] = question.Department, ["to"] = department.Name });
        return Done.Value;
    }
}
