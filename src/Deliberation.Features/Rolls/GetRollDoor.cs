using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>One door of the books: its units with owners and areas, its household, its businesses and what was changed. Reading it is on record. Refused with <c>roll.unit-not-found</c>.</summary>
public sealed record GetRollDoor(Caller Caller, CommunityId Community, string Building, string Door) : ICommand<RollDoor>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Household">Null: nobody is registered there.</param>
public sealed record RollDoor(
    string Building, string Door, IReadOnlyList<RollUnitCard> Units, HouseholdCard? Household, IReadOnlyList<MerchantCard> Merchants, IReadOnlyList<RollHistoryLine> History);

/// <param name="Kind">Residential, Shop, Parking, Stall or Storage.</param>
/// <param name="AreaHundredths">0.01 m².</param>
/// <param name="AreaSource">Register, Survey or Contract.</param>
/// <param name="State">Delivered, SoldNotHandedOver or Unsold.</param>
public sealed record RollUnitCard(Guid Id, string Kind, long AreaHundredths, string AreaSource, string State, IReadOnlyList<RollPerson> Owners);

public sealed record RollPerson(ResidentId Id, string Name);

public sealed record HouseholdCard(HouseholdId Id, string Stairwell, IReadOnlyList<HouseholdMember> Members);

/// <param name="AwayGroup">Where somebody works who is away; null = lives here.</param>
public sealed record HouseholdMember(ResidentId Id, string Name, int BirthYear, bool IsDelegate, string? AwayGroup);

public sealed record MerchantCard(Guid Id, string Name, string Person);

/// <param name="Kind">As stored: UnitChanged, OwnerAdded, …</param>
/// <param name="Name">Whom it was about; null = nobody.</param>
/// <param name="Details">Columns with <c>was</c> and <c>now</c>.</param>
public sealed record RollHistoryLine(DateTimeOffset At, string Kind, string? Name, JsonObject Details, string Reason, string StaffName, bool IsImport);

internal sealed class GetRollDoorHandler(CouncilSession session) : IRequestHandler<GetRollDoor, Result<RollDoor>>
{
    public async Task<Result<RollDoor>> Handle(GetRollDoor request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var door = new { request.Community, request.Building, request.Door };
        var units = await connection.RowsAsync<UnitRow>(
            """
            select u.unit_id, u.kind, u.area_hundredths, u.area_source, u.state,
                coalesce(array_agg(r.resident_id order by r.full_name, r.resident_id) filter (where r.resident_id is not null), '{}') as owner_ids,
                coalesce(array_agg(r.full_name order by r.full_name, r.resident_id) filter (where r.resident_id is not null), '{}') as owner_names
            from exclusive_unit u
            left join unit_owner o using (community_id, unit_id)
            left join resident r using (community_id, resident_id)
            where u.community_id = @Community and u.building = @Building and u.door = @Door
            group by u.community_id, u.unit_id order by u.kind
            """,
            door,
            cancellationToken);
        var members = await connection.RowsAsync<MemberRow>(
            """
            select h.household_id, h.stairwell, r.resident_id, r.full_name, coalesce(r.birth_year, 0) as birth_year, coalesce(h.delegate_id = r.resident_id, false) as is_delegate, r.away_group
            from household h left join resident r using (community_id, household_id)
            where h.community_id = @Community and h.building = @Building and h.door = @Door and h.moved_out_at is null
            order by r.birth_year, r.resident_id
            """,
            door,
            cancellationToken);
        var merchants = await connection.RowsAsync<MerchantCard>(
            """
            select m.merchant_id as id, m.name, r.full_name as person from merchant m join resident r using (community_id, resident_id)
            where m.community_id = @Community and m.building = @Building and m.door = @Door and m.closed_at is null order by m.name
            """,
            door,
            cancellationToken);
        var history = await connection.RowsAsync<RollHistoryLine>(
            """
            select e.at, e.kind, r.full_name as name, e.details, e.reason, s.display_name as staff_name, e.import_id is not null as is_import
            from roll_event e join staff s on s.staff_id = e.staff_id
            left join resident r on r.community_id = e.community_id and r.resident_id = e.resident_id
            where e.community_id = @Community and e.building = @Building and e.door = @Door
            order by e.event_id desc limit 100
            """,
            door,
            cancellationToken);
        if (units.Count + members.Count + merchants.Count + history.Count == 0)
        {
            return RollRefusals.UnitNotFound;
        }

        // Whose door was looked at stays on record; the door itself names nobody.
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(GetRollDoor), $"door:{request.Building} {request.Door}", await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        return new RollDoor(
            request.Building,
            request.Door,
            [.. units.Select(u => new RollUnitCard(
                u.UnitId, u.Kind, u.AreaHundredths, u.AreaSource, u.State, [.. u.OwnerIds.Zip(u.OwnerNames, (id, name) => new RollPerson(new ResidentId(id), name))]))],
            members.Count == 0 ? null : new HouseholdCard(
                new HouseholdId(members[0].HouseholdId),
                members[0].Stairwell,
                [.. members.Where(m => m.ResidentId is not null).Select(m => new HouseholdMember(new ResidentId(m.ResidentId!.Value), m.FullName!, m.BirthYear, m.IsDelegate, m.AwayGroup))]),
            merchants,
            history);
    }

    private sealed record UnitRow(Guid UnitId, string Kind, long AreaHundredths, string AreaSource, string State, Guid[] OwnerIds, string[] OwnerNames);

    private sealed record MemberRow(Guid HouseholdId, string Stairwell, Guid? ResidentId, string? FullName, int BirthYear, bool IsDelegate, string? AwayGroup);
}
