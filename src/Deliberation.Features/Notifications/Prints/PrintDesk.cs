using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notifications.Prints;

/// <summary>A building for which letters wait.</summary>
/// <param name="Place">Building, or <see cref="PrintDesk.Elsewhere"/>.</param>
/// <param name="Letters">One a person.</param>
/// <param name="Since">When the oldest was written, council time.</param>
public sealed record PrintPlace(string Place, int Letters, int Notices, DateTimeOffset Since);

/// <summary>A letter that waits.</summary>
/// <param name="Door">The household's; of an owner who lives elsewhere the building and door owned.</param>
/// <param name="Recipient">Masked name.</param>
public sealed record WaitingLetter(string Door, string Recipient, int Notices, DateTimeOffset Since);

/// <param name="Handed">Letters that are in their letter box.</param>
/// <param name="PrintedAt">Council time; null = not yet.</param>
public sealed record PrintBatchLine(Guid Id, string Place, int Letters, int Handed, DateTimeOffset MadeAt, string MadeBy, DateTimeOffset? PrintedAt);

/// <summary>What waits on paper, and what was printed.</summary>
/// <param name="Waiting">Of the place asked for; null when none was.</param>
/// <param name="Batches">Newest first, at most 30; those with letters still to bring come before the others.</param>
public sealed record PrintDesk(IReadOnlyList<PrintPlace> Places, Paged<WaitingLetter>? Waiting, IReadOnlyList<PrintBatchLine> Batches)
{
    /// <summary>The place of owners who do not live here.</summary>
    public const string Elsewhere = "-";
}

/// <param name="Place">Building whose letters are listed; null = none.</param>
public sealed record GetPrintDesk(Caller Caller, CommunityId Community, string? Place, PageRequest Page) : IQuery<PrintDesk>
{
    public Audience Audience => Audience.Workers;
}

internal static class PrintRows
{
    /// <summary>Deliveries on paper of a community, with door and person. A digest waits for its hour.</summary>
    public const string Letters =
        """
        select d.delivery_id, d.message_ids, d.batch_id, d.taken_at, d.handed_at, coalesce(d.resident_id, d.delivery_id) as letter, r.resident_id, coalesce(r.full_name, '') as full_name,
            coalesce(h.building, '-') as place, coalesce(h.door, u.door, '') as door, coalesce(c.locale, r.locale, 'zh-Hans') as locale, m.council_at
        from message_delivery d
        join outbox_message m on m.community_id = d.community_id and m.message_id = d.message_ids[1]
        left join resident r on r.community_id = d.community_id and r.resident_id = d.resident_id
        left join contact_choice c on c.community_id = d.community_id and c.person_id = d.resident_id
        left join household h on h.community_id = d.community_id and h.household_id = r.household_id and h.moved_out_at is null
        left join lateral (
            select e.building || ' ' || e.door as door
            from unit_owner o join exclusive_unit e using (community_id, unit_id)
            where o.community_id = d.community_id and o.resident_id = d.resident_id
            order by e.building, e.door limit 1) u on h.household_id is null
        where d.community_id = @Community and d.channel = 'Print'
        """;

    public const string Waiting = $"{Letters} and d.batch_id is null and d.taken_at is null and (d.due_at is null or d.due_at <= (select council_now()))";
}

internal sealed class GetPrintDeskHandler(CouncilSession session) : IRequestHandler<GetPrintDesk, Result<PrintDesk>>
{
    public async Task<Result<PrintDesk>> Handle(GetPrintDesk request, CancellationToken cancellationToken)
    {
        var places = await session.Connection.RowsAsync<PrintPlace>(
            $"""
            select place, count(distinct letter)::int as letters, sum(cardinality(message_ids))::int as notices, min(council_at) as since
            from ({PrintRows.Waiting}) w group by place order by place = '-', length(place), place
            """,
            new { request.Community },
            cancellationToken);
        var batches = await session.Connection.RowsAsync<PrintBatchLine>(
            """
            select b.batch_id as id, b.place, d.letters, d.handed, b.made_at, s.display_name as made_by, b.printed_at
            from print_batch b
            join staff s on s.staff_id = b.made_by
            cross join lateral (
                select count(distinct coalesce(resident_id, delivery_id))::int as letters, count(distinct coalesce(resident_id, delivery_id)) filter (where taken_at is not null)::int as handed
                from message_delivery where community_id = b.community_id and batch_id = b.batch_id) d
            where b.community_id = @Community
            order by d.handed < d.letters desc, b.made_at desc, b.batch_id
            limit 30
            """,
            new { request.Community },
            cancellationToken);
        var waiting = request.Place is null ? null : await session.Connection.PageAsync<WaitingLetter, WaitingLetter>(
            $"""
            select door, full_name as recipient, sum(cardinality(message_ids))::int as notices, min(council_at) as since
            from ({PrintRows.Waiting}) w where place = @Place group by letter, door, full_name
            """,
            "length(door), door, recipient",
            new { request.Community, request.Place },
            request.Page,
            letter => letter with { Recipient = Names.Mask(letter.Recipient) },
            cancellationToken);
        return new PrintDesk(places, waiting, batches);
    }
}
