using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Tasks;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>An open task that somebody acts on, locked.</summary>
/// <param name="Now">Council time, read after the lock.</param>
internal sealed record OpenedTask(WorkTaskRow Task, DateTimeOffset Now);

/// <summary>What every act on an open task checks first, in this order: it is there, it is open, the step allows it, a reason is given.</summary>
internal static class TaskActs
{
    /// <summary>Most characters of a reason.</summary>
    public const int LongestReason = 300;

    /// <returns>The task, or <c>access.not-found</c>, <c>task.not-open</c>, <c>task.verb-not-allowed</c>, <c>task.reason-missing</c>, <c>task.reason-too-long</c>.</returns>
    /// <param name="verb">One of <see cref="TaskVerbs"/>; null where the step cannot forbid it.</param>
    public static async Task<Result<OpenedTask>> OpenTaskAsync(
        this NpgsqlConnection connection, CommunityId community, TaskId id, string? verb, string reason, CancellationToken cancellationToken)
    {
        if (await connection.LockTaskAsync(community, id, cancellationToken) is not { } task)
        {
            return AccessRefusals.NotFound;
        }

        if (task.State != "Open")
        {
            return TaskRefusals.NotOpen;
        }

        if (verb is not null && !TaskVerbs.Of(task.Form).Contains(verb))
        {
            return TaskRefusals.VerbNotAllowed;
        }

        return ReasonFault(reason) is { } fault ? fault : new OpenedTask(task, await connection.CouncilNowAsync(cancellationToken));
    }

    /// <summary>The same for an act that only those may do who may complete the task.</summary>
    /// <returns>As <see cref="OpenTaskAsync"/>, or <c>task.not-yours</c>.</returns>
    public static async Task<Result<OpenedTask>> OpenOwnTaskAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, TaskId id, string verb, string reason, CancellationToken cancellationToken)
    {
        var found = await connection.OpenTaskAsync(community, id, verb, reason, cancellationToken);
        return found is Result<OpenedTask>.Accepted { Value: var (task, now) } && !await connection.MayCompleteAsync(caller, community, task, now, cancellationToken)
            ? TaskRefusals.NotYours
            : found;
    }

    /// <returns><c>task.reason-missing</c> or <c>task.reason-too-long</c>; null when it will do.</returns>
    public static Refusal? ReasonFault(string reason) =>
        string.IsNullOrWhiteSpace(reason) ? TaskRefusals.ReasonMissing
        : reason.Length > LongestReason ? Refusal.Invalid("task.reason-too-long", "Reason", ("most", LongestReason))
        : null;

    /// <summary>Whether the caller answers for the task now: named by a transfer, or acting for the post that it climbed to. The post below does the task, it does not judge its own delay.</summary>
    public static async Task<bool> IsAccountableAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken) =>
        caller.Kind is CallerKind.Admin or CallerKind.System
        || (caller.Staff is { } staff && (task.AssignedTo == staff
            || (await connection.ActingHoldersAsync(community, now, cancellationToken)).Any(holder => holder.StaffId == staff && holder.PostCode == task.PostCode)));

    /// <summary>Whether somebody works in the community: a task can be given to nobody else.</summary>
    public static Task<bool> WorksHereAsync(this NpgsqlConnection connection, CommunityId community, StaffId staff, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>(
            """
            select exists (
                select 1 from staff_scope c join staff s using (staff_id)
                where c.community_id = @community and c.staff_id = @staff and s.is_enabled and s.kind in ('Staff', 'Admin'))
            """,
            new { community, staff },
            cancellationToken);
}
