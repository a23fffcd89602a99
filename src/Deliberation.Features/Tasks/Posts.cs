using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Who acts for a post now.</summary>
internal sealed record ActingHolder(string PostCode, StaffId StaffId, string DisplayName, bool IsSubstitute);

/// <summary>Whose work somebody does who acts for another: the post, and the person it belongs to; null while the post is vacant.</summary>
internal sealed record ActedFor(string Post, StaffId? StaffId, string? DisplayName);

/// <summary>Posts, not persons, own tasks. The holder acts; while away, the substitute; a post without either is vacant.</summary>
internal static class Posts
{
    /// <summary>Everybody who acts for some post of the community now; the first of each post is told.</summary>
    public static Task<IReadOnlyList<ActingHolder>> ActingHoldersAsync(
        this NpgsqlConnection connection, CommunityId community, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RowsAsync<ActingHolder>(
            """
            select a.post_code, a.staff_id, s.display_name, a.is_substitute
            from acting_holder(@community, @now) a join staff s using (staff_id)
            order by a.post_code, a.held_from, a.staff_id
            """,
            new { community, now },
            cancellationToken);

    /// <summary>The person to tell: the one named by a transfer, else the post's.</summary>
    public static async Task<StaffId?> AccountableAsync(
        this NpgsqlConnection connection, CommunityId community, string postCode, StaffId? assignedTo, DateTimeOffset now, CancellationToken cancellationToken) =>
        assignedTo ?? (await connection.ActingHoldersAsync(community, now, cancellationToken)).FirstOrDefault(holder => holder.PostCode == postCode)?.StaffId;

    /// <summary>Whether a task is somebody's own: named by a transfer, or holding its post himself. A substitute, a lower post or an admin acts for another.</summary>
    public static bool IsOwn(StaffId staff, StaffId? assignedTo, string postCode, IReadOnlyList<ActingHolder> acting) =>
        assignedTo is { } named ? named == staff : acting.Any(holder => holder.StaffId == staff && holder.PostCode == postCode && !holder.IsSubstitute);

    /// <summary>For whom the caller does the task: the person it was handed to, else the post's holder, also an absent one.</summary>
    /// <returns>Null when it is the caller's own.</returns>
    public static async Task<ActedFor?> ActedForAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, WorkTaskRow task, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (caller.Staff is not { } staff || IsOwn(staff, task.AssignedTo, task.PostCode, await connection.ActingHoldersAsync(community, now, cancellationToken)))
        {
            return null;
        }

        return await connection.RowAsync<ActedFor>(
            """
            select @postCode::text as post, s.staff_id, s.display_name
            from staff s
            where s.staff_id = coalesce(@assignedTo::uuid, (
                select h.staff_id from post_holder h join staff o using (staff_id)
                where h.community_id = @community and h.post_code = @postCode and not h.is_substitute and o.is_enabled
                    and h.held_from <= @now and (h.held_until is null or h.held_until > @now)
                order by h.held_from, h.staff_id limit 1))
            """,
            new { community, task.PostCode, assignedTo = task.AssignedTo?.Value, now },
            cancellationToken) ?? new ActedFor(task.PostCode, null, null);
    }

    /// <summary>Who acts for one of the posts; admins may stand in.</summary>
    public static async Task<bool> ActsForAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, IReadOnlyCollection<string> posts, DateTimeOffset now, CancellationToken cancellationToken) =>
        caller.Staff is { } staff && (caller.Kind == CallerKind.Admin
            || (caller.Kind == CallerKind.Staff && (await connection.ActingHoldersAsync(community, now, cancellationToken)).Any(holder => holder.StaffId == staff && posts.Contains(holder.PostCode))));

    /// <summary>Who acts for the post, or for one above it on the ladder; admins may stand in.</summary>
    public static async Task<bool> ActsForOrAboveAsync(this NpgsqlConnection connection, Caller caller, CommunityId community, string post, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.ActsForAsync(caller, community, [post, .. await connection.PostsAboveAsync(community, post, cancellationToken)], now, cancellationToken);

    public static Task<bool> IsPostAsync(this NpgsqlConnection connection, CommunityId community, string? post, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>("select exists (select from post where community_id = @community and post_code = @post)", new { community, post }, cancellationToken);

    /// <summary>Posts of the community, the ladder first.</summary>
    public static Task<IReadOnlyList<string>> PostCodesAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        connection.RowsAsync<string>("select post_code from post where community_id = @community order by rung nulls last, post_code", new { community }, cancellationToken);

    /// <summary>The next posts of the ladder above one; a post that is not on it starts below the lowest.</summary>
    public static Task<IReadOnlyList<string>> PostsAboveAsync(
        this NpgsqlConnection connection, CommunityId community, string postCode, CancellationToken cancellationToken) =>
        connection.RowsAsync<string>(
            """
            select post_code from post
            where community_id = @community
              and rung > coalesce((select rung from post where community_id = @community and post_code = @postCode), -1)
            order by rung
            """,
            new { community, postCode },
            cancellationToken);
}
