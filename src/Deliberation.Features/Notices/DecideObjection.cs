using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Answers an objection. The last answer after the window ends the notice: Upheld when any objection was, else Clear.</summary>
/// <param name="Answer">1–2,000 characters; public.</param>
public sealed record DecideObjection(Caller Caller, CommunityId Community, Guid Objection, bool IsUpheld, string Answer) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class DecideObjectionHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<DecideObjection, Result<Done>>
{
    public async Task<Result<Done>> Handle(DecideObjection request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var noticeId = await connection.ScalarAsync<Guid?>(
            "select notice_id from objection where community_id = @community and objection_id = @objection", new { request.Community, request.Objection }, cancellationToken);
        if (noticeId is null || await connection.LockNoticeAsync(request.Community, noticeId.Value, cancellationToken) is not { } notice)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var answer = request.Answer.Trim();
        if (answer.Length is < 1 or > 2000)
        {
            return Refusal.Invalid("notice.answer-length", "Answer");
        }

        var objector = await connection.ScalarAsync<Guid?>(
            """
            update objection set state = @state, answer = @answer, answered_at = @now, answered_by = @staff::uuid
            where community_id = @community and objection_id = @objection and state = 'Open'
            returning resident_id
            """,
            new { state = request.IsUpheld ? "Upheld" : "Dismissed", answer, now, staff = request.Caller.Staff?.Value, request.Community, request.Objection },
            cancellationToken);
        if (objector is null)
        {
            return Refusal.Conflict("notice.objection-answered");
        }

        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = request.Community,
                DedupKey = $"objection:{request.Objection}:answered",
                Resident = new ResidentId(objector.Value),
                Project = notice.ProjectId,
                TextKey = request.IsUpheld ? "notice.message.upheld" : "notice.message.dismissed",
                Values = new JsonObject { ["title"] = notice.Title },
                ReasonKey = "notice.reason.objected",
                Link = notice.Link,
                CouncilAt = now,
                NotBefore = QuietHours.NotBefore(now),
            },
            cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, notice.ProjectId, now, "Notice", request.IsUpheld ? "notice.timeline.objection-upheld" : "notice.timeline.objection-dismissed",
            new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(DecideObjection), $"objection:{request.Objection}", now, cancellationToken);
        await DecideWhenLastAsync(request, notice, now, cancellationToken);
        return Done.Value;
    }

    private async Task DecideWhenLastAsync(DecideObjection request, NoticeRow notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counts = await session.Connection.CountObjectionsAsync(request.Community, notice.NoticeId, cancellationToken);
        if (notice.State != "Closed" || counts.Open > 0)
        {
            return; // the window still runs, or others wait for their answer
        }

        var outcome = counts.Upheld > 0 ? "Upheld" : "Clear";
        await session.Connection.SetNoticeOutcomeAsync(request.Community, notice, outcome, reason: null, now, cancellationToken);
        await visits.SendAsync(
            request.Community, notice.InstanceId, notice.VisitId, "decided", new JsonObject { ["outcome"] = outcome }, now, cancellationToken);
        await session.Connection.TimelineAsync(
            request.Caller, request.Community, notice.ProjectId, now, "Notice", outcome == "Clear" ? "notice.timeline.clear" : "notice.timeline.upheld",
            new JsonObject { ["title"] = notice.Title }, notice.Link, cancellationToken);
    }
}
