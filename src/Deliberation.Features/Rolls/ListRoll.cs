using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>The books (名册), door by door. Names only for those who work with them; others read masked ones.</summary>
/// <param name="Building">Null = all.</param>
/// <param name="Text">Part of a door, an owner's or resident's name, or a business; null = all.</param>
public sealed record ListRoll(Caller Caller, CommunityId Community, string? Building, string? Text, PageRequest Page) : IQuery<RollList>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="Totals">Of the whole community.</param>
public sealed record RollList(Paged<RollDoorLine> Doors, IReadOnlyList<string> Buildings, RollTotals Totals);

/// <param name="AreaHundredths">Of flats and shops, 0.01 m².</param>
public sealed record RollTotals(int Units, long AreaHundredths, int Households, int Residents, int AwayWorkers, int Merchants, int OpenDisputes, DateTimeOffset? NextDueAt);

/// <param name="Members">People of the household, those who work away among them.</param>
public sealed record RollDoorLine(string Building, string Door, int Units, long AreaHundredths, IReadOnlyList<string> Owners, int Members, IReadOnlyList<string> Merchants);

internal sealed class ListRollHandler(CouncilSession session) : IRequestHandler<ListRoll, Result<RollList>>
{
    private const string Doors =
        """
        select d.building, d.door,
            (select count(*) from exclusive_unit u where u.community_id = @community and u.building = d.building and u.door = d.door)::int as units,
            (select coalesce(sum(u.area_hundredths), 0) from exclusive_unit u where u.community_id = @community and u.building = d.building and u.door = d.door)::bigint as area_hundredths,
            coalesce((select array_agg(distinct r.full_name) from exclusive_unit u join unit_owner o using (community_id, unit_id) join resident r using (community_id, resident_id)
                where u.community_id = @community and u.building = d.building and u.door = d.door), '{}') as owners,
            (select count(*) from household h join resident r using (community_id, household_id)
                where h.community_id = @community and h.building = d.building and h.door = d.door and h.moved_out_at is null)::int as members,
            coalesce((select array_agg(m.name order by m.name) from merchant m
                where m.community_id = @community and m.building = d.building and m.door = d.door and m.closed_at is null), '{}') as merchants
        from (
            select building, door from exclusive_unit where community_id = @community
            union select building, door from household where community_id = @community and moved_out_at is null
            union select building, door from merchant where community_id = @community and closed_at is null
        ) d
        where (@building::text is null or d.building = @building)
            and (@pattern::text is null or d.door ilike @pattern or (d.building, d.door) in (
                select u.building, u.door from resident r join unit_owner o using (community_id, resident_id) join exclusive_unit u using (community_id, unit_id)
                where r.community_id = @community and r.full_name ilike @pattern
                union all
                select h.building, h.door from resident r join household h using (community_id, household_id)
                where r.community_id = @community and r.full_name ilike @pattern and h.moved_out_at is null
                union all
                select m.building, m.door from merchant m where m.community_id = @community and m.name ilike @pattern and m.closed_at is null))
        """;

    public async Task<Result<RollList>> Handle(ListRoll request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var pattern = string.IsNullOrWhiteSpace(request.Text) ? null : LikePattern.Containing(request.Text.Length > 60 ? request.Text[..60] : request.Text);
        var building = string.IsNullOrEmpty(request.Building) ? null : request.Building;
        var isMasked = request.Caller.Kind is CallerKind.Official or CallerKind.Supervisor;
        var doors = await connection.PageAsync<DoorRow, RollDoorLine>(
            Doors, "length(building), building, length(door), door", new { community = request.Community, building, pattern }, request.Page,
            row => new RollDoorLine(row.Building, row.Door, row.Units, row.AreaHundredths, [.. row.Owners.Select(name => isMasked ? NameMask.Of(name) : name)], row.Members, row.Merchants),
            cancellationToken);
        return new RollList(
            doors,
            await connection.RowsAsync<string>(
                """
                select building from (
                    select building from exclusive_unit where community_id = @community union select building from household where community_id = @community and moved_out_at is null) b
                order by length(building), building
                """,
                new { community = request.Community },
                cancellationToken),
            (await connection.RowAsync<RollTotals>(
                """
                select (select count(*) from exclusive_unit u where u.community_id = @community)::int as units,
                    (select coalesce(sum(area_hundredths), 0) from exclusive_unit u where u.community_id = @community and u.kind in ('Residential', 'Shop'))::bigint as area_hundredths,
                    (select count(*) from household h where h.community_id = @community and h.moved_out_at is null)::int as households,
                    (select count(*) from resident r join household h using (community_id, household_id) where r.community_id = @community and h.moved_out_at is null)::int as residents,
                    (select count(*) from resident r where r.community_id = @community and r.away_group is not null)::int as away_workers,
                    (select count(*) from merchant m where m.community_id = @community and m.closed_at is null)::int as merchants,
                    (select count(*) from roll_dispute d where d.community_id = @community and d.state = 'Open')::int as open_disputes,
                    (select min(d.due_at) from roll_dispute d where d.community_id = @community and d.state = 'Open') as next_due_at
                """,
                new { community = request.Community },
                cancellationToken))!);
    }

    private sealed record DoorRow(string Building, string Door, int Units, long AreaHundredths, string[] Owners, int Members, string[] Merchants);
}
