using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using Deliberation.Process.Questions;
using MediatR;

namespace Deliberation.Features.Questions;

/// <summary>A resident asks (政策问答). Refused with <c>question.body-length</c>, <c>question.asked-already</c>, <c>question.too-many</c>.</summary>
/// <param name="Body">5 to 1,000 characters.</param>
/// <param name="MayPublish">The question and its answer may be shown to all, without a name.</param>
public sealed record AskQuestion(Caller Caller, CommunityId Community, string? Body, bool MayPublish) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class AskQuestionHandler(CouncilSession session) : IRequestHandler<AskQuestion, Result<Guid>>
{
    /// <summary>Questions of one person that wait for an answer at the same time.</summary>
    public const int MostOpen = 5;

    public async Task<Result<Guid>> Handle(AskQuestion request, CancellationToken cancellationToken)
    {
        if (request.Body?.ReplaceLineEndings("\n").Trim() is not { Length: >= 5 and <= 1000 } body)
        {
            return QuestionRefusals.BodyLength;
        }

        var connection = session.Connection;
        var resident = request.Caller.Resident!.Value;
        await connection.RunAsync(
            "select 1 from resident where community_id = @Community and resident_id = @resident for no key update", new { request.Community, resident }, cancellationToken); // two forms at once are counted one after the other
        var open = await connection.RowsAsync<string>(
            "select body from policy_question where community_id = @Community and resident_id = @resident and answered_at is null", new { request.Community, resident }, cancellationToken);
        if (open.Contains(body))
        {
            return QuestionRefusals.AskedAlready;
        }

        if (open.Count >= MostOpen)
        {
            return QuestionRefusals.TooMany(MostOpen);
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var dates = QuestionDates.Of(await connection.CalendarAsync(request.Community, cancellationToken), now);
        var id = Guid.CreateVersion7();
        await connection.RunAsync(
            """
            insert into policy_question (community_id, question_id, resident_id, body, may_publish, asked_at, remind_at, due_at, escalate_at)
            values (@Community, @id, @resident, @body, @MayPublish, @now, @RemindAt, @DueAt, @EscalateAt)
            """,
            new { request.Community, id, resident, body, request.MayPublish, now, dates.RemindAt, dates.DueAt, dates.EscalateAt },
            cancellationToken);
        await connection.TellPostOrAboveAsync(Questions.Message(request.Community, Questions.PostInstead, id, body, dates.DueAt, "asked", now), cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(AskQuestion), $"question:{id}", now, cancellationToken);
        return id;
    }
}
