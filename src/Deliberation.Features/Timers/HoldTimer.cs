using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>Holds a single timer: its time stands still until it is let go on. Refused for what has a desk or is fixed by law, as moving is.</summary>
/// <returns>Done; or <c>timer.reason-missing</c>, <c>timer.paused</c>, <c>timer.fixed</c>, <c>timer.has-a-desk</c>, <c>timer.held</c>.</returns>
public sealed record HoldTimer(Caller Caller, CommunityId Community, Guid InstanceId, string BookmarkId, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Lets a held timer go on, with as much time left as it had; one that was due already fires at once.</summary>
/// <returns>Done; or <c>timer.reason-missing</c>, <c>timer.paused</c>, <c>timer.not-held</c>.</returns>
public sealed record ReleaseTimer(Caller Caller, CommunityId Community, Guid InstanceId, string BookmarkId, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class HoldTimerHandler(CouncilSession session, IPumpSignal pump) : IRequestHandler<HoldTimer, Result<Done>>, IRequestHandler<ReleaseTimer, Result<Done>>
{
    public async Task<Result<Done>> Handle(HoldTimer request, CancellationToken cancellationToken)
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

        if (promise.MoveObjection is { } objection)
        {
            return objection;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var reason = request.Reason.Trim();
        await connection.RunAsync(
            "update workflow_timer set held_at = @now, held_because = @reason where community_id = @Community and instance_id = @InstanceId and bookmark_id = @BookmarkId",
            new { request.Community, request.InstanceId, request.BookmarkId, now, reason },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(HoldTimer), $"instance:{request.InstanceId}", now, cancellationToken, reason, new JsonObject { ["bookmark"] = request.BookmarkId });
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(ReleaseTimer request, CancellationToken cancellationToken)
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

        if (promise.HeldAt is not { } heldAt)
        {
            return Refusal.Conflict("timer.not-held");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var due = promise.DueAt < heldAt ? promise.DueAt : promise.DueAt + (now - heldAt);
        var reason = request.Reason.Trim();
        await connection.RunAsync(
            """
            update workflow_timer set due_at = @due, held_at = null, held_because = null, moved_because = case when due_at = @due then moved_because else @reason end
            where community_id = @Community and instance_id = @InstanceId and bookmark_id = @BookmarkId
            """,
            new { request.Community, request.InstanceId, request.BookmarkId, due, reason },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ReleaseTimer), $"instance:{request.InstanceId}", now, cancellationToken, reason,
            new JsonObject { ["bookmark"] = request.BookmarkId, ["from"] = Instant(promise.DueAt), ["to"] = Instant(due) });
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
