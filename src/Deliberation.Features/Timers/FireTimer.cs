using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>Makes a timer due now, with a reason; the original instant stays on record.</summary>
public sealed record FireTimer(Caller Caller, CommunityId Community, Guid InstanceId, string BookmarkId, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Tries what was parked after repeated failures once more: the instance's timers and events.</summary>
/// <returns>How many were released.</returns>
public sealed record RetryParked(Caller Caller, CommunityId Community, Guid InstanceId, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class FireTimerHandler(CouncilSession session, IPumpSignal pump) : IRequestHandler<FireTimer, Result<Done>>
{
    public async Task<Result<Done>> Handle(FireTimer request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("timer.reason-missing", "Reason");
        }

        if (await TimerPromise.LockAsync(connection, request.Community, request.InstanceId, request.BookmarkId, cancellationToken) is not { } promise)
        {
            return AccessRefusals.NotFound;
        }

        if (promise.IsPaused)
        {
            return Refusal.Conflict("timer.paused");
        }

        if (promise.HeldAt is not null)
        {
            return Refusal.Conflict("timer.held");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            """
            update workflow_timer set due_at = least(due_at, @now), parked_at = null, retry_at = null, attempts = 0
            where community_id = @community and instance_id = @instanceId and bookmark_id = @bookmarkId
            """,
            new { now, request.Community, request.InstanceId, request.BookmarkId },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(FireTimer), $"instance:{request.InstanceId}", now, cancellationToken, request.Reason,
            new JsonObject { ["bookmark"] = request.BookmarkId });
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }
}

internal sealed class RetryParkedHandler(CouncilSession session, IPumpSignal pump) : IRequestHandler<RetryParked, Result<int>>
{
    public async Task<Result<int>> Handle(RetryParked request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("timer.reason-missing", "Reason");
        }

        var values = new { request.Community, request.InstanceId };
        var timers = await connection.RunAsync(
            """
            update workflow_timer set parked_at = null, retry_at = null, attempts = 0
            where community_id = @community and instance_id = @instanceId and parked_at is not null
            """,
            values,
            cancellationToken);
        var events = await connection.RunAsync(
            """
            update workflow_inbox set parked_at = null, retry_at = null, attempts = 0
            where community_id = @community and instance_id = @instanceId and parked_at is not null
            """,
            values,
            cancellationToken);
        if (timers + events == 0)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(RetryParked), $"instance:{request.InstanceId}", now, cancellationToken, request.Reason);
        session.AfterCommit(pump.Wake);
        return timers + events;
    }
}
