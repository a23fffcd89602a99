using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Orders;

/// <summary>Who may issue, answer and judge an order.</summary>
internal static class OrderRights
{
    /// <summary>The post in whose name the caller orders something of another: the highest of the ladder above it that he acts for.</summary>
    /// <returns>Whether he may; an official and an admin may without a post.</returns>
    public static async Task<(bool May, string? Post)> OrderingPostAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, string post, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (caller.Kind == CallerKind.Official)
        {
            return (true, null);
        }

        var held = await connection.ScalarAsync<string?>(
            """
            select p.post_code from acting_holder(@community, @now) a join post p on p.community_id = @community and p.post_code = a.post_code
            where a.staff_id = @staff::uuid and p.rung > coalesce((select rung from post where community_id = @community and post_code = @post), -1)
            order by p.rung desc limit 1
            """,
            new { community, now, staff = caller.Staff?.Value, post },
            cancellationToken);
        return (held is not null || caller.Kind is CallerKind.Admin, held);
    }

    /// <summary>Whether the caller acts for the post; for a vacant one, for the next above that is not. Admins may stand in.</summary>
    public static async Task<bool> MayAnswerAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, string post, DateTimeOffset now, CancellationToken cancellationToken) =>
        caller.Kind == CallerKind.Admin
        || (caller.Kind == CallerKind.Staff && await connection.ScalarAsync<bool>(
            "select @post = any (answering_posts(@community, @now, @staff::uuid))", new { post, community, now, staff = caller.Staff?.Value }, cancellationToken));

    /// <summary>Whether the caller judges its answer: who issued it, who acts for the post in whose name it was issued, an official where no post issued it, an admin.</summary>
    public static async Task<bool> MayJudgeAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, StaffId? issuedBy, string? issuedPost, DateTimeOffset now, CancellationToken cancellationToken) =>
        caller.Kind == CallerKind.Admin
        || (caller.Staff is { } staff && (staff == issuedBy
            || (caller.Kind == CallerKind.Official && (issuedBy is null || issuedPost is null))
            || (issuedPost is not null && await connection.ScalarAsync<bool>(
                "select exists (select from acting_holder(@community, @now) where staff_id = @staff and post_code = @issuedPost)", new { community, now, staff, issuedPost }, cancellationToken))));
}
