using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Messages to the people of a roll, their audience worked out in the sending transaction.</summary>
internal static class BallotMessages
{
    /// <summary>Writes one message to everybody who may act on the roll, or only to those whose units have not all voted. Nobody gets the same one twice.</summary>
    /// <param name="occasion">Tells occasions of one ballot apart: <c>opened</c>, <c>remind:3wd</c>.</param>
    /// <param name="link">Page to open.</param>
    /// <param name="isAway">Only to people of units that all work away, or only to those of the others; null = to all.</param>
    /// <returns>How many were written.</returns>
    public static async Task<int> TellAsync(
        NpgsqlConnection connection,
        CommunityId community,
        BallotId ballot,
        string occasion,
        string textKey,
        JsonObject values,
        bool onlyNonVoters,
        string link,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        bool? isAway = null)
    {
        if (!onlyNonVoters && isAway != true)
        {
            var project = await connection.ScalarAsync<Guid>("select project_id from ballot where community_id = @community and ballot_id = @ballot", new { community, ballot }, cancellationToken);
            await connection.SpeakAsync(community, new ProjectId(project), $"ballot:{ballot}:{occasion}", textKey, values, link, now, cancellationToken);
        }

        var notBefore = await connection.NotBeforeAsync(community, now, cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            $"""
            insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, project_id, text_key, values, reason_key, link, council_at, not_before)
            select @community, gen_random_uuid(), 'ballot:' || @ballot::uuid || ':' || @occasion || ':' || a.resident_id, 'InApp', a.resident_id,
                b.project_id, @textKey, @values, 'ballots.reason.' || lower(b.roll_kind), @link, @now, @notBefore
            from ({Audience}) a
            join ballot b on b.community_id = @community and b.ballot_id = @ballot
            order by a.resident_id -- in the order of the indexes that it fills
            on conflict (community_id, dedup_key) do nothing
            """,
            new
            {
                community,
                ballot,
                occasion,
                textKey,
                values,
                onlyNonVoters,
                isAway,
                link,
                now,
                notBefore,
            },
            cancellationToken: cancellationToken));
    }

    /// <summary>As <see cref="TellAsync"/>, each with the close of their own units as <c>closesAt</c>. Who has units of both kinds is told of the earlier.</summary>
    /// <param name="closes">At home, null where there is one close for all; and the later.</param>
    public static async Task<int> TellByCloseAsync(
        NpgsqlConnection connection,
        CommunityId community,
        BallotId ballot,
        string occasion,
        string textKey,
        JsonObject values,
        bool onlyNonVoters,
        (DateTimeOffset? Home, DateTimeOffset Last) closes,
        string link,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var told = 0;
        (bool? IsAway, DateTimeOffset ClosesAt)[] parts = closes.Home is { } home ? [(false, home), (true, closes.Last)] : [(null, closes.Last)];
        foreach (var (isAway, closesAt) in parts.Where(part => part.ClosesAt > now)) // whose window has ended has nothing to learn of it
        {
            var own = values.DeepClone().AsObject();
            own["closesAt"] = OpenBallotHandler.Instant(closesAt);
            told += await TellAsync(connection, community, ballot, occasion, textKey, own, onlyNonVoters, link, now, cancellationToken, isAway);
        }

        return told;
    }

    /// <summary>How many people a reminder would reach now.</summary>
    /// <param name="isAway">As in <see cref="TellAsync"/>.</param>
    public static Task<int> CountAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, bool? isAway, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            $"select count(*) from ({Audience}) a",
            new { community, ballot, onlyNonVoters = true, isAway },
            cancellationToken: cancellationToken));

    /// <remarks>Sets that are hashed once, no joins: a roll frozen a moment ago has no statistics yet, and a join planned for one row would compare everybody with everybody.</remarks>
    public const string Audience =
        """
        select distinct p.resident_id
        from roll_entry_person p
        where p.community_id = @community and p.ballot_id = @ballot
            and p.unit_key not in (select unit_key from roll_entry where community_id = @community and ballot_id = @ballot and is_removed)
            and (@isAway::boolean is null or p.unit_key in (select unit_key from roll_entry where community_id = @community and ballot_id = @ballot and is_away = @isAway))
            and (not @onlyNonVoters or p.unit_key not in (
                select unit_key from vote where community_id = @community and ballot_id = @ballot
                union all
                select unit_key from participation where community_id = @community and ballot_id = @ballot
                union all
                select unit_key from paper_issue where community_id = @community and ballot_id = @ballot and unit_key is not null and state = 'Returned'))
        """;
}
