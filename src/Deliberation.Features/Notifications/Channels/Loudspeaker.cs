using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using Deliberation.Process.Texts;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>An announcement to be read out.</summary>
/// <param name="Text">Plain Chinese, at most a minute; names nobody.</param>
/// <param name="Seconds">To read it, 1 to 60.</param>
/// <param name="ReadAt">Council time; null = not yet.</param>
public sealed record SpokenAnnouncement(Guid Id, string Text, int Seconds, DateTimeOffset At, DateTimeOffset? ReadAt, string? ReadBy);

/// <summary>What the loudspeaker says: announcements of the last two weeks, those not read out first, then the newest.</summary>
public sealed record ListSpoken(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<Paged<SpokenAnnouncement>>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>It was read out. The first time counts; a second press changes nothing.</summary>
public sealed record MarkReadOut(Caller Caller, CommunityId Community, Guid Announcement) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal static class Loudspeaker
{
    /// <summary>Puts the spoken text of an announcement beside its messages, once. What has none is not read out.</summary>
    public static async Task SpeakAsync(
        this NpgsqlConnection connection, CommunityId community, ProjectId? project, string dedupKey, string textKey, JsonObject values, string? link, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (SpokenText.KeyOf(textKey) is { } spoken)
        {
            await connection.AddMessageAsync(
                new OutboxMessage
                {
                    Community = community,
                    Project = project,
                    DedupKey = $"{dedupKey}:loudspeaker",
                    Channel = "Loudspeaker",
                    TextKey = spoken,
                    Values = values,
                    ReasonKey = "contact.reason.loudspeaker",
                    Link = link,
                    CouncilAt = now,
                    NotBefore = await connection.NotBeforeAsync(community, now, cancellationToken),
                },
                cancellationToken);
        }
    }
}

internal sealed class LoudspeakerHandler(CouncilSession session, TextCatalog texts) : IRequestHandler<ListSpoken, Result<Paged<SpokenAnnouncement>>>, IRequestHandler<MarkReadOut, Result<Done>>
{
    public async Task<Result<Paged<SpokenAnnouncement>>> Handle(ListSpoken request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<Row, SpokenAnnouncement>(
            """
            select d.delivery_id as id, m.text_key, m.values, m.council_at as at, d.handed_at as read_at, s.display_name as read_by
            from message_delivery d
            join outbox_message m on m.community_id = d.community_id and m.message_id = d.message_ids[1]
            left join staff s on s.staff_id = d.handed_by
            where d.community_id = @Community and d.channel = 'Loudspeaker' and m.council_at > council_now() - interval '14 days'
            """,
            "read_at is not null, at desc, id",
            new { request.Community },
            request.Page,
            row => SpokenText.Of(texts, row.TextKey, row.Values) is var text ? new SpokenAnnouncement(row.Id, text, SpokenText.Seconds(text), row.At, row.ReadAt, row.ReadBy) : null!,
            cancellationToken);

    public async Task<Result<Done>> Handle(MarkReadOut request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var values = new { request.Community, request.Announcement, now, staff = request.Caller.Staff };
        if (await session.Connection.RunAsync(
            """
            with read as (
                update message_delivery set taken_at = clock_timestamp(), handed_at = @now, handed_by = @staff, attempts = attempts + 1, last_answer = 'ByHand'
                where community_id = @Community and delivery_id = @Announcement and channel = 'Loudspeaker' and taken_at is null
                returning delivery_id, taken_at
            )
            insert into message_attempt (community_id, delivery_id, attempt_id, started_at, answer)
            select @Community, delivery_id, gen_random_uuid(), taken_at, 'ByHand' from read
            """,
            values,
            cancellationToken) == 1)
        {
            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MarkReadOut), $"delivery:{request.Announcement}", now, cancellationToken);
            return Done.Value;
        }

        return await session.Connection.ScalarAsync<bool>(
            "select exists (select from message_delivery where community_id = @Community and delivery_id = @Announcement and channel = 'Loudspeaker')", values, cancellationToken)
            ? Done.Value
            : AccessRefusals.NotFound;
    }

    private sealed record Row(Guid Id, string TextKey, JsonObject Values, DateTimeOffset At, DateTimeOffset? ReadAt, string? ReadBy);
}
