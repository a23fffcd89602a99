using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Takes a notice back, with a public reason; its window then ends as Withdrawn.</summary>
public sealed record WithdrawNotice(Caller Caller, CommunityId Community, Guid Notice, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class WithdrawNoticeHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<WithdrawNotice, Result<Done>>
{
    public async Task<Result<Done>> Handle(WithdrawNotice request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockNoticeAsync(request.Community, request.Notice, cancellationToken) is not { } notice)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (notice.State == "Decided")
        {
            return Refusal.Conflict("notice.decided");
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("notice.reason-length", "Reason");
        }

        await connection.SetNoticeOutcomeAsync(request.Community, notice, "Withdrawn", request.Reason, now, cancellationToken);
        await visits.SendAsync(
            request.Community, notice.InstanceId, notice.VisitId, "decided", new JsonObject { ["outcome"] = "Withdrawn" }, now, cancellationToken);
        JsonObject values = new() { ["title"] = notice.Title, ["reason"] = request.Reason };
        await connection.TimelineAsync(request.Caller, request.Community, notice.ProjectId, now, "Notice", "notice.timeline.withdrawn", values, notice.Link, cancellationToken);
        await connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = request.Community,
                Project = notice.ProjectId,
                DedupKey = $"notice:{notice.NoticeId}:withdrawn",
                TextKey = "notice.message.withdrawn",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = notice.Link,
                Now = now,
            },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(WithdrawNotice), $"notice:{notice.NoticeId}", now, cancellationToken, request.Reason);
        return Done.Value;
    }
}
