using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using MediatR;

namespace Deliberation.Features.Timers;

/// <summary>Moves a timer to another instant, with a reason. What was promised first stays on record; what was parked is tried again then.</summary>
/// <remarks>Ends of windows and due days were told to people: they are moved at a desk of their own, which tells them (<c>timer.has-a-desk</c>).</remarks>
/// <param name="To">Council time; after now, at most <see cref="MostYears"/> years ahead.</param>
public sealed record RescheduleTimer(Caller Caller, CommunityId Community, Guid InstanceId, string BookmarkId, DateTimeOffset To, string Reason) : ICommand<Done>
{
    public const int MostYears = 5;

    public Audience Audience => Audience.Admin;
}

internal sealed class RescheduleTimerHandler(CouncilSession session, IPumpSignal pump) : IRequestHandler<RescheduleTimer, Result<Done>>
{
    public async Task<Result<Done>> Handle(RescheduleTimer request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("timer.reason-missing", "Reason");
        }

        var values = new { request.Community, request.InstanceId, request.BookmarkId, to = request.To.ToUniversalTime(), reason = request.Reason.Trim() };
        if (await TimerPromise.LockAsync(connection, request.Community, request.InstanceId, request.BookmarkId, cancellationToken) is not { } promise)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if ((promise.MoveObjection ?? Objection(request.To, now)) is { } refusal)
        {
            return refusal;
        }

        await connection.RunAsync(
            """
            update workflow_timer set due_at = @to, moved_because = @reason, parked_at = null, retry_at = null, attempts = 0
            where community_id = @community and instance_id = @instanceId and bookmark_id = @bookmarkId
            """,
            values,
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(RescheduleTimer), $"instance:{request.InstanceId}", now, cancellationToken, values.reason,
            new JsonObject { ["bookmark"] = request.BookmarkId, ["from"] = Instant(promise.DueAt), ["to"] = Instant(values.to) });
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }

    private static Refusal? Objection(DateTimeOffset to, DateTimeOffset now) =>
        to <= now ? Refusal.Invalid("timer.not-ahead", "To")
        : to > now.AddYears(RescheduleTimer.MostYears) ? Refusal.Invalid("timer.too-far", "To")
        : null;

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
