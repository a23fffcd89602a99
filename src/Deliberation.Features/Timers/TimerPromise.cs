using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Timers;

/// <summary>A timer as an operator's act finds it, its instance locked.</summary>
/// <param name="IsPaused">Its project is suspended.</param>
/// <param name="IsFixed">By law.</param>
/// <param name="HasADesk">Told to people by an activity of the council, neither a reminder nor the ladder.</param>
/// <param name="HeldAt">Council time; null when it runs.</param>
internal sealed record TimerPromise(DateTimeOffset DueAt, bool IsPaused, bool IsFixed, bool HasADesk, DateTimeOffset? HeldAt)
{
    /// <summary>Why it may not be moved or held; null when it may.</summary>
    public Refusal? MoveObjection =>
        IsPaused ? Refusal.Conflict("timer.paused")
        : IsFixed ? Refusal.Conflict("timer.fixed")
        : HasADesk ? Refusal.Conflict("timer.has-a-desk")
        : HeldAt is not null ? Refusal.Conflict("timer.held")
        : null;

    /// <summary>Locks the instance first, as every step does.</summary>
    /// <returns>Null when the community has no such timer.</returns>
    public static async Task<TimerPromise?> LockAsync(NpgsqlConnection connection, CommunityId community, Guid instance, string bookmark, CancellationToken cancellationToken)
    {
        var values = new { community, instance, bookmark };
        await connection.RunAsync("select from workflow_instance where community_id = @community and instance_id = @instance for no key update", values, cancellationToken);
        return await connection.RowAsync<TimerPromise>(
            """
            select t.due_at, i.paused_at is not null as is_paused, t.is_fixed, b.activity_type like 'Deliberation.%' and b.name not in ('reminder', 'ladder') as has_a_desk, t.held_at
            from workflow_timer t
            join workflow_bookmark b using (community_id, instance_id, bookmark_id)
            join workflow_instance i using (community_id, instance_id)
            where t.community_id = @community and t.instance_id = @instance and t.bookmark_id = @bookmark
            """,
            values,
            cancellationToken);
    }
}
