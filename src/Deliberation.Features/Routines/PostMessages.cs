using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Npgsql;

namespace Deliberation.Features.Routines;

/// <summary>A message to whoever acts for a post now.</summary>
internal sealed record PostMessage
{
    public required CommunityId Community { get; init; }

    public required string Post { get; init; }

    /// <summary>With post and person it makes each one's deduplication key.</summary>
    public required string DedupKey { get; init; }

    public required string TextKey { get; init; }

    public JsonObject Values { get; init; } = [];

    public required string ReasonKey { get; init; }

    public required string Link { get; init; }

    public required DateTimeOffset Now { get; init; }
}

internal static class PostMessages
{
    /// <returns>How many act for the post; 0 = it is vacant and nobody was told.</returns>
    public static async Task<int> TellPostAsync(this NpgsqlConnection connection, PostMessage message, CancellationToken cancellationToken) =>
        await connection.ScalarAsync<int>(
            """
            with holder as (
                select distinct staff_id from acting_holder(@Community, @Now) where post_code = @Post
            ), told as (
                insert into outbox_message (community_id, message_id, dedup_key, channel, staff_id, text_key, values, reason_key, link, council_at, not_before)
                select @Community, gen_random_uuid(), @DedupKey || ':' || @Post || ':' || staff_id, 'InApp', staff_id, @TextKey, @Values, @ReasonKey, @Link, @Now, @notBefore
                from holder
                on conflict (community_id, dedup_key) do nothing
            )
            select count(*)::int from holder
            """,
            new
            {
                message.Community, message.Post, message.DedupKey, message.TextKey, message.Values, message.ReasonKey, message.Link, message.Now,
                notBefore = await connection.NotBeforeAsync(message.Community, message.Now, cancellationToken),
            },
            cancellationToken);

    /// <summary>A vacant post passes it on to the next above, which reads why.</summary>
    /// <returns>The post that was told; null when all above are vacant too.</returns>
    public static async Task<string?> TellPostOrAboveAsync(this NpgsqlConnection connection, PostMessage message, CancellationToken cancellationToken)
    {
        if (await connection.TellPostAsync(message, cancellationToken) > 0)
        {
            return message.Post;
        }

        foreach (var above in await connection.PostsAboveAsync(message.Community, message.Post, cancellationToken))
        {
            if (await connection.TellPostAsync(message with { Post = above, ReasonKey = "task.reason.vacant" }, cancellationToken) > 0)
            {
                return above;
            }
        }

        return null;
    }

    /// <summary>The post, and the next above it, which reads its own reason.</summary>
    /// <returns>The post above that was told; null when there is none, or all are vacant.</returns>
    public static async Task<string?> TellPostAndAboveAsync(this NpgsqlConnection connection, PostMessage message, string aboveReasonKey, CancellationToken cancellationToken)
    {
        var told = await connection.TellPostOrAboveAsync(message, cancellationToken);
        if (told != message.Post)
        {
            return told; // vacant: it is above already
        }

        return await connection.PostsAboveAsync(message.Community, message.Post, cancellationToken) is [var above, ..]
            ? await connection.TellPostOrAboveAsync(message with { Post = above, ReasonKey = aboveReasonKey }, cancellationToken)
            : null;
    }
}
