using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>Who acts for a post now.</summary>
internal sealed record ActingHolder(string PostCode, StaffId StaffId, string DisplayName, bool IsSubstitute);

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
