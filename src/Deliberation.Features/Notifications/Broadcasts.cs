using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Npgsql;

namespace Deliberation.Features.Notifications;

/// <summary>One message to many. The audience is read in the transaction that sends.</summary>
internal sealed record Broadcast
{
    public required CommunityId Community { get; init; }

    /// <summary>Null: of no project.</summary>
    public required ProjectId? Project { get; init; }

    /// <summary>With the resident's id it makes each person's deduplication key.</summary>
    public required string DedupKey { get; init; }

    public required string TextKey { get; init; }

    public JsonObject Values { get; init; } = [];

    public required string ReasonKey { get; init; }

    public string? Link { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>Audiences in one statement each.</summary>
internal static class Broadcasts
{
    private const string Insert =
        """
        insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, project_id, text_key, values, reason_key, link, council_at, not_before)
        select @community, gen_random_uuid(), @dedupKey || ':' || a.resident_id, 'InApp', a.resident_id, @project::uuid, @textKey, @values, @reasonKey, @link, @now, @notBefore
        from (
        """;

    private const string OnceEach = ") a on conflict (community_id, dedup_key) do nothing";

    /// <summary>One person a household: its delegate, else its eldest resident.</summary>
    public const string Households =
        """
        select coalesce(h.delegate_id, (
            select r.resident_id from resident r
            where r.community_id = h.community_id and r.household_id = h.household_id
            order by r.birth_year, r.resident_id limit 1)) as resident_id, h.household_id
        from household h
        where h.community_id = @community and h.moved_out_at is null
        """;

    public const string Everyone =
        """
        select r.resident_id
        from resident r left join household h on h.community_id = r.community_id and h.household_id = r.household_id
        where r.community_id = @community and (
            (r.household_id is not null and h.moved_out_at is null)
            or exists (select 1 from unit_owner o where o.community_id = r.community_id and o.resident_id = r.resident_id))
        """;

    /// <returns>Number of messages written.</returns>
    public static Task<int> TellHouseholdsAsync(this NpgsqlConnection connection, Broadcast broadcast, CancellationToken cancellationToken) =>
        connection.TellAsync(broadcast, $"select resident_id from ({Households}) x where resident_id is not null", new { }, cancellationToken);

    /// <summary>All residents and owners: everybody who voted or is or will be asked to.</summary>
    public static Task<int> TellEveryoneAsync(this NpgsqlConnection connection, Broadcast broadcast, CancellationToken cancellationToken) =>
        connection.TellAsync(broadcast, Everyone, new { }, cancellationToken);

    /// <param name="audience">A select of <c>resident_id</c>; parameters <c>@community</c>, <c>@project</c>, <c>@now</c> and those of <paramref name="more"/>.</param>
    public static async Task<int> TellAsync(
        this NpgsqlConnection connection, Broadcast broadcast, string audience, object more, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(more);
        values.AddDynamicParams(new
        {
            community = broadcast.Community,
            project = broadcast.Project,
            dedupKey = broadcast.DedupKey,
            textKey = broadcast.TextKey,
            values = broadcast.Values,
            reasonKey = broadcast.ReasonKey,
            link = broadcast.Link,
            now = broadcast.Now,
            notBefore = await connection.NotBeforeAsync(broadcast.Community, broadcast.Now, cancellationToken),
        });
        await connection.SpeakAsync(broadcast.Community, broadcast.Project, broadcast.DedupKey, broadcast.TextKey, broadcast.Values, broadcast.Link, broadcast.Now, cancellationToken);
        return await connection.RunAsync(Insert + audience + OnceEach, values, cancellationToken);
    }
}
