using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Sets messages free after the decision that wrote them has committed: into the product's mailbox, and for those who chose a way out, as a delivery.</summary>
/// <remarks>Messages of a channel that this installation does not have wait and are counted as outbox lag.</remarks>
internal sealed class ReleaseMessages(NpgsqlDataSource dataSource, IOptions<OutboxOptions> outbox, IOptionsMonitor<ChannelOptions> channels) : IDueWorkHandler
{
    private const int BatchSize = 500;

    /// <remarks>A reminder of a vote is not printed: the desk would see who has not voted. A digest that is due within the minute takes nothing more: its delivery may be on its way before this commits.</remarks>
    private const string Release =
        $"""
        with due as (
            select community_id, message_id
            from outbox_message
            where sent_at is null and channel = any(@released) and (not_before is null or not_before <= (select council_now()))
            order by message_id
            limit @BatchSize
            for update skip locked
        ), released as (
            update outbox_message m set sent_at = clock_timestamp(), attempts = attempts + 1
            from due where m.community_id = due.community_id and m.message_id = due.message_id
            returning m.community_id, m.message_id, m.channel, m.resident_id, m.staff_id, m.text_key
        ), routed as (
            select r.community_id, r.message_id, r.resident_id, r.staff_id, r.text_key = any(@codes) as is_urgent, r.text_key in {MessageTopics.TellWhoHasNotVoted} as is_reminder,
                case when r.channel = 'InApp' then w.channel else r.channel end as way,
                case when r.channel = 'InApp' and w.digest_hour is not null and r.text_key <> all(@atOnce) then w.next_digest end as due_at
            from released r
            left join lateral (
                select c.channel, c.muted, c.digest_hour,
                    (date_trunc('day', l.at) + make_interval(days => (date_trunc('day', l.at) + make_interval(hours => c.digest_hour) <= l.at)::int, hours => c.digest_hour)) at time zone l.zone as next_digest
                from contact_choice c, (
                    select (council_now() + interval '1 minute') at time zone time_zone as at, time_zone as zone from community where community_id = r.community_id) l
                where c.community_id = r.community_id and c.person_id = coalesce(r.resident_id, r.staff_id)) w on r.channel = 'InApp'
            where r.channel <> 'InApp' or r.text_key = any(@legal) or split_part(r.text_key, '.', 1) <> all(w.muted)
        ), delivered as (
            insert into message_delivery (community_id, delivery_id, message_ids, channel, resident_id, staff_id, is_urgent, due_at)
            select community_id, gen_random_uuid(), array_agg(message_id order by message_id), way, resident_id, staff_id, bool_or(is_urgent), due_at
            from routed
            where way = any(@carried) and not (way = 'Print' and is_reminder)
            group by community_id, way, resident_id, staff_id, due_at, case when due_at is null then message_id end
            on conflict (community_id, channel, coalesce(resident_id, staff_id), due_at) where due_at is not null
            do update set message_ids = message_delivery.message_ids || excluded.message_ids
        )
        select count(*)::int from released
        """;

    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        var carried = channels.CurrentValue.Carried;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var released = await connection.ScalarAsync<int>(
            Release,
            new
            {
                released = outbox.Value.Delivered.Concat(carried).Distinct().ToArray(),
                carried,
                BatchSize,
                codes = MessageTopics.Codes.ToArray(),
                legal = MessageTopics.Legal.ToArray(),
                atOnce = MessageTopics.Legal.Concat(MessageTopics.Urgent).ToArray(),
            },
            cancellationToken);
        if (released == 0)
        {
            return false;
        }

        FaultPoint.Hit("messages-before-commit");
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Hit("messages-after-commit");
        return true;
    }
}
