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
        var isPaused = await connection.ScalarAsync<bool?>(
            "select paused_at is not null from workflow_instance where community_id = @community and instance_id = @instanceId for no key update", values, cancellationToken);
        var found = await connection.RowsAsync<Promise>(
            """
            select t.due_at, t.is_fixed, b.activity_type like 'Deliberation.%' and b.name not in ('reminder', 'ladder') as has_a_desk
            from workflow_timer t join workflow_bookmark b using (community_id, instance_id, bookmark_id)
            where t.community_id = @community and t.instance_id = @instanceId and t.bookmark_id = @bookmarkId
            """,
            values,
            cancellationToken);
        if (isPaused is not { } paused || found is not [var promise])
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (Objection(promise, paused, request.To, now) is { } refusal)
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

    private static Refusal? Objection(Promise promise, bool isPaused, DateTimeOffset to, DateTimeOffset now) =>
        isPaused ? Refusal.Conflict("timer.paused")
        : promise.IsFixed ? Refusal.Conflict("timer.fixed")
        : promise.HasADesk ? Refusal.Conflict("timer.has-a-desk")
        : to <= now ? Refusal.Invalid("timer.not-ahead", "To")
        : to > now.AddYears(RescheduleTimer.MostYears) ? Refusal.Invalid("timer.too-far", "To")
        : null;

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <param name="HasADesk">Told to people by an activity of the council, neither a reminder nor the ladder.</param>
    private sealed record Promise(DateTimeOffset DueAt, bool IsFixed, bool HasADesk);
}
