using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Access;

/// <summary>The rows of a staff account, in the transaction of the use case.</summary>
internal static class StaffWriting
{
    /// <returns>Null when the name is taken.</returns>
    public static async Task<(StaffId Id, Guid Stamp)?> AddStaffAsync(
        this NpgsqlConnection connection, string login, string displayName, string kind, string password, CancellationToken cancellationToken)
    {
        var (id, stamp) = (StaffId.New(), Guid.NewGuid());
        var added = await connection.RunAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash, security_stamp)
            values (@id, @login, @displayName, @kind, @hash, @stamp)
            on conflict (login) do nothing
            """,
            new { id, login, displayName, kind, hash = StaffPasswords.Hash(password), stamp },
            cancellationToken);
        return added == 1 ? (id, stamp) : null;
    }

    public static Task AddScopeAsync(this NpgsqlConnection connection, CommunityId community, StaffId staff, CancellationToken cancellationToken) =>
        connection.RunAsync("insert into staff_scope (community_id, staff_id) values (@community, @staff)", new { community, staff }, cancellationToken);

    /// <summary>Gives a post to somebody; makes it when the community does not have it yet.</summary>
    /// <param name="rung">Place on the default ladder; null = not on it.</param>
    public static Task AddPostAsync(
        this NpgsqlConnection connection, CommunityId community, string post, int? rung, StaffId holder, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            insert into post (community_id, post_code, rung) values (@community, @post, @rung) on conflict (community_id, post_code) do nothing;
            insert into post_holder (community_id, post_code, staff_id, held_from) values (@community, @post, @holder, @now);
            """,
            new { community, post, rung, holder, now },
            cancellationToken);
}
