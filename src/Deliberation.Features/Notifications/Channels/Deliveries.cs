using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Carries messages out: claimed for longer than a try can take, sent outside every transaction, recorded. A node that dies in between leaves the delivery to another, which repeats it with the same id.</summary>
internal sealed partial class Deliveries(NpgsqlDataSource dataSource, ChannelSender sender, IOptionsMonitor<ChannelOptions> options, ILogger<Deliveries> logger)
{
    /// <summary>Not a capped community's, not before a digest's hour, not in somebody's hands.</summary>
    private const string Claim =
        """
        with due as (
            select d.community_id, d.delivery_id, (council_now() at time zone c.time_zone)::date as day
            from message_delivery d
            join community c using (community_id)
            where d.channel = @channel and d.taken_at is null and d.parked_at is null
                and (d.due_at is null or d.due_at <= (select council_now()))
                and (d.retry_at is null or d.retry_at <= clock_timestamp()) and (d.lease_until is null or d.lease_until <= clock_timestamp())
                and (@price = 0 or @price + coalesce((
                        select spent_fen from message_spend s where s.community_id = d.community_id and s.day = (council_now() at time zone c.time_zone)::date), 0)
                    <= coalesce((select cap_fen from message_cap p where p.community_id = d.community_id), @cap))
            order by d.is_urgent desc, d.written_at
            limit 1
            for update of d skip locked
        ), spent as (
            insert into message_spend (community_id, day, spent_fen) select community_id, day, @price from due
            on conflict (community_id, day) do update set spent_fen = message_spend.spent_fen + excluded.spent_fen
        )
        update message_delivery d set attempts = attempts + 1, lease_until = clock_timestamp() + @lease
        from due where d.community_id = due.community_id and d.delivery_id = due.delivery_id
        returning d.community_id as community, d.delivery_id as id, d.message_ids, d.resident_id, d.staff_id, d.attempts, clock_timestamp() as started_at
        """;

    /// <returns>False when nothing waits that may go now.</returns>
    public async Task<bool> RunOneAsync(string channel, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(channel, cancellationToken) is not { } delivery)
        {
            return false;
        }

        await MakeAsync(delivery, cancellationToken);
        return true;
    }

    /// <summary>Takes the next delivery of a way, if the pace and the cap allow one. Which one, is decided for all nodes one after the other.</summary>
    public async Task<Delivery?> ClaimAsync(string channel, CancellationToken cancellationToken)
    {
        var (way, cap) = (options.CurrentValue.Way(channel), options.CurrentValue.DailyCapFen);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.RunAsync("select from channel_pace where channel = @channel for update", new { channel }, cancellationToken);
        var hasRoom = await connection.ScalarAsync<bool>( // a statement of its own: it sees what the one before us committed
            """
            select (used < @PerMinute or minute_at < date_trunc('minute', clock_timestamp()))
                and (select count(*) from message_delivery where channel = @channel and lease_until > clock_timestamp()) < @AtOnce
            from channel_pace where channel = @channel
            """,
            new { channel, way.PerMinute, way.AtOnce },
            cancellationToken);
        if (!hasRoom)
        {
            return null;
        }

        var row = await connection.RowAsync<Claimed>(
            Claim, new { channel, price = (long)way.PriceFen, cap, lease = options.CurrentValue.Timeout + TimeSpan.FromSeconds(30) }, cancellationToken);
        if (row is null)
        {
            await transaction.RollbackAsync(cancellationToken);
            await TellOfCapAsync(connection, channel, way.PriceFen, cap, cancellationToken);
            return null;
        }

        await connection.RunAsync(
            """
            update channel_pace set minute_at = date_trunc('minute', clock_timestamp()), used = case when minute_at = date_trunc('minute', clock_timestamp()) then used + 1 else 1 end
            where channel = @channel
            """,
            new { channel },
            cancellationToken);
        var delivery = await ReadAsync(connection, row, channel, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return delivery;
    }

    /// <summary>Sends it and writes down what came of it.</summary>
    public async Task MakeAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var answer = delivery.Address is null ? DeliveryAnswer.NoAddress : await sender.SendAsync(delivery, cancellationToken);
        FaultPoint.Hit("delivery-before-record");
        var pause = answer is DeliveryAnswer.Taken ? null : Retries.After(delivery.Attempt, answer);
        if (answer is not DeliveryAnswer.Taken)
        {
            LogFailed(delivery.Channel, delivery.Id, delivery.Attempt, answer);
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync(
            """
            with ours as ( -- not when the lease had ended and another node took it
                update message_delivery set lease_until = null, last_answer = @answer, retry_at = clock_timestamp() + @pause::interval,
                    taken_at = case when @answer = 'Taken' then clock_timestamp() end,
                    parked_at = case when @answer <> 'Taken' and @pause::interval is null then clock_timestamp() end
                where community_id = @Community and delivery_id = @Id and attempts = @Attempt and lease_until is not null
            ), back as ( -- what was surely not taken costs nothing
                update message_spend set spent_fen = greatest(0, spent_fen - @price)
                where community_id = @Community and @isFree and day = (council_now() at time zone (select time_zone from community where community_id = @Community))::date
            )
            insert into message_attempt (community_id, delivery_id, attempt_id, started_at, answer) values (@Community, @Id, gen_random_uuid(), @StartedAt, @answer)
            """,
            new
            {
                delivery.Community,
                delivery.Id,
                delivery.Attempt,
                delivery.StartedAt,
                answer = $"{answer}",
                pause,
                price = (long)options.CurrentValue.Way(delivery.Channel).PriceFen,
                isFree = answer is not (DeliveryAnswer.Taken or DeliveryAnswer.Timeout or DeliveryAnswer.TooLong),
            },
            cancellationToken);
    }

    private static async Task<Delivery> ReadAsync(NpgsqlConnection connection, Claimed row, string channel, CancellationToken cancellationToken)
    {
        var facts = await connection.RowsAsync<DeliveredFact>(
            "select text_key, values, reason_key, link from outbox_message where community_id = @Community and message_id = any(@MessageIds) order by council_at, message_id",
            new { row.Community, row.MessageIds },
            cancellationToken);
        var person = (await connection.RowAsync<Addressee>(
            """
            select coalesce(r.full_name, s.display_name) as name, coalesce(c.locale, r.locale, 'zh-Hans') as locale, m.name as community_name,
                case when @channel <> 'Email' then r.phone when @isCode then e.email when c.email_confirmed_at is not null then c.email end as address
            from community m
            left join resident r on r.community_id = m.community_id and r.resident_id = @ResidentId
            left join staff s on s.staff_id = @StaffId
            left join contact_choice c on c.community_id = m.community_id and c.person_id = coalesce(r.resident_id, s.staff_id)
            left join email_code e on e.community_id = m.community_id and e.person_id = coalesce(r.resident_id, s.staff_id)
            where m.community_id = @Community
            """,
            new { row.Community, row.ResidentId, row.StaffId, channel, isCode = facts.Any(fact => fact.TextKey == "contact.message.code") },
            cancellationToken))!;
        return new Delivery(row.Community, row.Id, channel, row.Attempts, row.StartedAt)
        {
            Address = channel == "Email" ? person.Address : PhoneNumbers.Mobile(person.Address),
            Name = person.Name,
            Locale = person.Locale,
            CommunityName = person.CommunityName,
            Facts = facts,
        };
    }

    /// <summary>Tells the staff of a community, once a day, that the rest waits for tomorrow or for a higher cap.</summary>
    private static Task<int> TellOfCapAsync(NpgsqlConnection connection, string channel, int price, long cap, CancellationToken cancellationToken) => price == 0 ? Task.FromResult(0) : connection.RunAsync(
        """
        insert into outbox_message (community_id, message_id, dedup_key, channel, staff_id, text_key, values, reason_key, link, council_at)
        select c.community_id, gen_random_uuid(), 'capped:' || s.day || ':' || t.staff_id, 'InApp', t.staff_id, 'contact.message.capped',
            jsonb_build_object('capFen', coalesce(p.cap_fen, @cap)), 'contact.reason.capped', '/staff/messages', council_now()
        from community c
        join message_spend s on s.community_id = c.community_id and s.day = (council_now() at time zone c.time_zone)::date
        left join message_cap p on p.community_id = c.community_id
        join staff_scope o on o.community_id = c.community_id
        join staff t on t.staff_id = o.staff_id and t.is_enabled and t.kind in ('Staff', 'Admin')
        where s.spent_fen + @price > coalesce(p.cap_fen, @cap)
            and exists (select from message_delivery d where d.community_id = c.community_id and d.channel = @channel and d.taken_at is null and d.parked_at is null
                and (d.due_at is null or d.due_at <= council_now()) and (d.retry_at is null or d.retry_at <= clock_timestamp()))
        on conflict (community_id, dedup_key) do nothing
        """,
        new { channel, price = (long)price, cap },
        cancellationToken);

    [LoggerMessage(3020, LogLevel.Warning, "{Channel} delivery {DeliveryId}, try {Attempt}: {Answer}")]
    private partial void LogFailed(string channel, Guid deliveryId, int attempt, DeliveryAnswer answer);

    private sealed record Claimed(CommunityId Community, Guid Id, Guid[] MessageIds, Guid? ResidentId, Guid? StaffId, int Attempts, DateTimeOffset StartedAt);

    private sealed record Addressee(string? Name, string Locale, string CommunityName, string? Address);
}
