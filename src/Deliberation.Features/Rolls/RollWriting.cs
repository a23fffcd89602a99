using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Rolls;

/// <summary>Who changes the books, when, why.</summary>
/// <param name="Import">The table it comes from; null when typed.</param>
internal sealed record RollAct(CommunityId Community, StaffId Staff, DateTimeOffset Now, string Reason, Guid? Import = null);

/// <param name="Details">Columns with what was and what is; no names, no telephone numbers.</param>
internal sealed record RollEventRow(string Building, string Door, string Kind, Guid? Resident, JsonObject Details);

/// <summary>Writes differences into the books: one statement a table, whatever their number.</summary>
internal static class RollWriting
{
    public static async Task ApplyAsync(NpgsqlConnection connection, RollAct act, RollDiff diff, CancellationToken cancellationToken)
    {
        await TakeAwayAsync(connection, act, diff, cancellationToken);
        await PutAsync(connection, act, diff, cancellationToken);
        await NoteAsync(connection, act, EventsOf(diff), cancellationToken);
    }

    public static Task NoteAsync(NpgsqlConnection connection, RollAct act, IReadOnlyList<RollEventRow> events, CancellationToken cancellationToken) => connection.RunAsync(
        """
        insert into roll_event (community_id, event_id, at, building, door, kind, resident_id, details, reason, staff_id, import_id)
        select @community, e.id, @now, e.building, e.door, e.kind, e.resident, e.details::jsonb, @reason, @staff, @import
        from unnest(@ids, @buildings, @doors, @kinds, @residents, @details) as e (id, building, door, kind, resident, details)
        """,
        new
        {
            community = act.Community,
            now = act.Now,
            reason = act.Reason,
            staff = act.Staff,
            import = act.Import,
            ids = events.Select(_ => Guid.CreateVersion7()).ToArray(),
            buildings = Column(events, e => e.Building),
            doors = Column(events, e => e.Door),
            kinds = Column(events, e => e.Kind),
            residents = Column(events, e => e.Resident),
            details = Column(events, e => e.Details.ToJsonString()),
        },
        cancellationToken);

    private static async Task TakeAwayAsync(NpgsqlConnection connection, RollAct act, RollDiff diff, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            """
            delete from unit_owner o using unnest(@ownedUnits, @owners) as gone (unit_id, resident_id)
            where o.community_id = @community and o.unit_id = gone.unit_id and o.resident_id = gone.resident_id;
            delete from exclusive_unit where community_id = @community and unit_id = any(@units);
            update household set moved_out_at = @now where community_id = @community and household_id = any(@households);
            update entry_token set revoked_at = clock_timestamp(), revoked_reason = 'moved'
            where community_id = @community and household_id = any(@households) and revoked_at is null;
            update merchant set closed_at = @now where community_id = @community and merchant_id = any(@merchants)
            """,
            new
            {
                community = act.Community,
                now = act.Now,
                ownedUnits = Column(diff.GoneOwners, o => o.UnitId),
                owners = Column(diff.GoneOwners, o => o.ResidentId),
                units = Column(diff.GoneUnits, u => u.UnitId),
                households = Column(diff.GoneHouseholds, h => h.HouseholdId),
                merchants = Column(diff.GoneMerchants, m => m.MerchantId),
            },
            cancellationToken);
    }

    private static async Task PutAsync(NpgsqlConnection connection, RollAct act, RollDiff diff, CancellationToken cancellationToken)
    {
        List<BookHousehold> households = [.. diff.NewHouseholds, .. diff.ChangedHouseholds];
        await connection.RunAsync(
            """
            insert into household (community_id, household_id, building, stairwell, door, delegate_id)
            select @community, * from unnest(@ids, @buildings, @stairwells, @doors, @delegates)
            on conflict (community_id, household_id) do update set stairwell = excluded.stairwell, delegate_id = excluded.delegate_id
            """,
            new
            {
                community = act.Community,
                ids = Column(households, h => h.HouseholdId),
                buildings = Column(households, h => h.Building),
                stairwells = Column(households, h => h.Stairwell),
                doors = Column(households, h => h.Door),
                delegates = Column(households, h => h.DelegateId),
            },
            cancellationToken);
        List<BookPerson> people = [.. diff.NewPeople, .. diff.ChangedPeople];
        await connection.RunAsync(
            """
            insert into resident (community_id, resident_id, household_id, full_name, phone, birth_year, lives_here, away_group)
            select @community, * from unnest(@ids, @households, @names, @phones, @births, @lives, @aways)
            on conflict (community_id, resident_id) do update set household_id = excluded.household_id, phone = excluded.phone,
                birth_year = excluded.birth_year, lives_here = excluded.lives_here, away_group = excluded.away_group;
            -- Who has another telephone, or home, signs in anew.
            update resident_session set revoked_at = clock_timestamp(), revoked_reason = 'roll'
            where community_id = @community and resident_id = any(@changed) and revoked_at is null;
            -- A delegate who left the household no longer votes for it.
            update household h set delegate_id = null from resident r
            where h.community_id = @community and r.community_id = h.community_id and r.resident_id = h.delegate_id
                and r.resident_id = any(@changed) and r.household_id is distinct from h.household_id
            """,
            new
            {
                community = act.Community,
                ids = Column(people, p => p.ResidentId),
                households = Column(people, p => p.HouseholdId),
                names = Column(people, p => p.FullName),
                phones = Column(people, p => p.Phone),
                births = Column(people, p => p.BirthYear),
                lives = Column(people, p => p.LivesHere),
                aways = Column(people, p => p.AwayGroup),
                changed = Column(diff.ChangedPeople, p => p.ResidentId),
            },
            cancellationToken);
        List<BookUnit> units = [.. diff.NewUnits, .. diff.ChangedUnits];
        await connection.RunAsync(
            """
            insert into exclusive_unit (community_id, unit_id, building, door, kind, area_hundredths, area_source, state)
            select @community, * from unnest(@ids, @buildings, @doors, @kinds, @areas, @sources, @states)
            on conflict (community_id, unit_id) do update set area_hundredths = excluded.area_hundredths, area_source = excluded.area_source, state = excluded.state;
            insert into unit_owner (community_id, unit_id, resident_id) select @community, * from unnest(@ownedUnits, @owners) on conflict do nothing;
            insert into merchant (community_id, merchant_id, kind, name, building, door, resident_id)
            select @community, m.id, 'Merchant', m.name, m.building, m.door, m.resident
            from unnest(@merchants, @merchantNames, @merchantBuildings, @merchantDoors, @merchantPeople) as m (id, name, building, door, resident)
            """,
            new
            {
                community = act.Community,
                ids = Column(units, u => u.UnitId),
                buildings = Column(units, u => u.Building),
                doors = Column(units, u => u.Door),
                kinds = Column(units, u => u.Kind),
                areas = Column(units, u => u.AreaHundredths),
                sources = Column(units, u => u.AreaSource),
                states = Column(units, u => u.State),
                ownedUnits = Column(diff.NewOwners, o => o.UnitId),
                owners = Column(diff.NewOwners, o => o.ResidentId),
                merchants = Column(diff.NewMerchants, m => m.MerchantId),
                merchantNames = Column(diff.NewMerchants, m => m.Name),
                merchantBuildings = Column(diff.NewMerchants, m => m.Building),
                merchantDoors = Column(diff.NewMerchants, m => m.Door),
                merchantPeople = Column(diff.NewMerchants, m => m.ResidentId),
            },
            cancellationToken);
    }

    /// <summary>The history of each door. Who it was is an id: names are looked up where they may be read.</summary>
    private static List<RollEventRow> EventsOf(RollDiff diff) =>
        [.. diff.Events.Where(e => e.Line.Subject != "Household").Select(e => new RollEventRow(e.Line.Building, e.Line.Door, e.Line.Subject + Done(e.Line.Kind), e.Resident, Details(e.Line)))];

    private static JsonObject Details(RollDiffLine line) => new(line.Changes
        .Where(change => change.Column is not (RollColumns.Phone or RollColumns.Delegate))
        .Select(change => KeyValuePair.Create(change.Column, (JsonNode?)new JsonObject { ["was"] = change.Was, ["now"] = change.Now })));

    private static string Done(RollDiffKind kind) => kind switch { RollDiffKind.New => "Added", RollDiffKind.Gone => "Removed", _ => "Changed" };

    private static TField[] Column<TRow, TField>(IEnumerable<TRow> rows, Func<TRow, TField> field) => [.. rows.Select(field)];
}
