using System.Security.Cryptography;
using System.Text;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ledger;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>A voting unit to be frozen.</summary>
/// <param name="People">Who may act for it; empty for the developer and for units whose owners we do not know.</param>
internal sealed record RollUnit(string Key, string Label, string Building, long AreaHundredths, IReadOnlyList<Guid> People);

/// <summary>Builds and freezes the roll (名册) of a ballot as of its opening.</summary>
internal static class RollBuilding
{
    /// <summary>Age on the day of the vote; only the year of birth is kept, so that whoever turns 18 in that year counts.</summary>
    public const int AdultAge = 18;

    private const int ShownDoors = 3;

    /// <param name="kind">Owners, Households, Residents, Members, Merchants or AwayWorkers.</param>
    /// <param name="members">Resident ids, for Members.</param>
    /// <param name="scope">A building, of away workers their place of work; null = everybody.</param>
    /// <param name="rule">Says how owners count.</param>
    public static async Task<IReadOnlyList<RollUnit>> BuildAsync(
        NpgsqlConnection connection, CommunityId community, string kind, IReadOnlyList<string> members, string? scope, DateTimeOffset now, CancellationToken cancellationToken,
        BallotRule? rule = null) => kind switch
        {
            "Owners" => await OwnersAsync(connection, community, scope, rule, cancellationToken),
            "Households" => await HouseholdsAsync(connection, community, scope, now, cancellationToken),
            "Residents" => await PersonsAsync(connection, community, null, scope, now, cancellationToken),
            "Members" => await PersonsAsync(connection, community, [.. members.Select(Guid.Parse)], null, now, cancellationToken),
            "Merchants" => await MerchantsAsync(connection, community, scope, now, cancellationToken),
            "AwayWorkers" => await AwayWorkersAsync(connection, community, scope, now, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such roll."),
        };

    /// <summary>Root of the frozen roll: salted, so that it tells nobody who is on it.</summary>
    public static byte[] Root(IEnumerable<RollUnit> roll, byte[] salt) =>
        LedgerRoll.Root(roll.Select(unit => new LedgerUnit(unit.Key, Persons: 1, unit.AreaHundredths)), salt);

    public static async Task FreezeAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, IReadOnlyList<RollUnit> roll, CancellationToken cancellationToken)
    {
        // Known before the rows are written: a query on the roll of this very transaction would be planned without statistics.
        var away = (await connection.QueryAsync<Guid>(new CommandDefinition(
            "select resident_id from resident where community_id = @community and away_group is not null", new { community }, cancellationToken: cancellationToken))).ToHashSet();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into roll_entry (community_id, ballot_id, unit_key, label, building, persons, area_hundredths, is_away)
            select @community, @ballot, u.key, u.label, u.building, 1, u.area, u.is_away
            from unnest(@keys, @labels, @buildings, @areas, @areAway) as u (key, label, building, area, is_away)
            """,
            new
            {
                community,
                ballot,
                keys = roll.Select(u => u.Key).ToArray(),
                labels = roll.Select(u => u.Label).ToArray(),
                buildings = roll.Select(u => u.Building).ToArray(),
                areas = roll.Select(u => u.AreaHundredths).ToArray(),
                areAway = roll.Select(u => u.People.Count > 0 && u.People.All(away.Contains)).ToArray(),
            },
            cancellationToken: cancellationToken));
        var people = roll.SelectMany(u => u.People.Select(person => (u.Key, Person: person))).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into roll_entry_person (community_id, ballot_id, resident_id, unit_key)
            select @community, @ballot, p.person, p.key from unnest(@people, @keys) as p (person, key)
            """,
            new { community, ballot, people = people.Select(p => p.Person).ToArray(), keys = people.Select(p => p.Key).ToArray() },
            cancellationToken: cancellationToken));
    }

    /// <summary>One person per set of owners; the developer once (<see cref="OwnersRoll"/>).</summary>
    private static async Task<IReadOnlyList<RollUnit>> OwnersAsync(NpgsqlConnection connection, CommunityId community, string? scope, BallotRule? rule, CancellationToken cancellationToken)
    {
        var rows = (await connection.QueryAsync<UnitRow>(new CommandDefinition(
            """
            select u.unit_id, u.building, u.door, u.kind, u.area_hundredths, u.state,
                coalesce(array_agg(o.resident_id order by o.resident_id) filter (where o.resident_id is not null), '{}') as owners
            from exclusive_unit u
            left join unit_owner o using (community_id, unit_id)
            where u.community_id = @community and (@scope::text is null or u.building = @scope)
            group by u.community_id, u.unit_id
            order by u.building, u.door, u.kind
            """,
            new { community, scope },
            cancellationToken: cancellationToken))).ToDictionary(row => row.UnitId.ToString());
        var units = rows.Select(row => new ExclusiveUnit(
            row.Key,
            Enum.Parse<UnitKind>(row.Value.Kind),
            row.Value.AreaHundredths,
            row.Value.Owners.Length == 0 ? [$"unit:{row.Key}"] : [.. row.Value.Owners.Select(o => o.ToString())],
            row.Value.State switch { "Delivered" => UnitState.Delivered, "Unsold" => UnitState.Unsold, _ => UnitState.SoldNotDelivered }));
        return [.. OwnersRoll.Build(units, rule?.ParkingCounts ?? false, rule?.CoOwners ?? default).Entries.Select(entry =>
        {
            var first = rows[entry.Units[0]];
            var doors = entry.Units.Select(unit => rows[unit].Door).ToList();
            var label = string.Join(", ", doors.Take(ShownDoors)) + (doors.Count > ShownDoors ? " …" : "");
            return entry.Key == OwnersRoll.DeveloperKey
                ? new RollUnit(entry.Key, label, first.Building, entry.AreaHundredths, [])
                : new RollUnit(OwnerKey(entry.Key), label, first.Building, entry.AreaHundredths, first.Owners);
        })];
    }

    /// <summary>The registered delegate votes; until one is named, any adult of the household.</summary>
    private static async Task<IReadOnlyList<RollUnit>> HouseholdsAsync(NpgsqlConnection connection, CommunityId community, string? scope, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<PersonsRow>(new CommandDefinition(
            """
            select 'h:' || h.household_id as key, h.door as label, h.building,
                coalesce(array_agg(r.resident_id order by r.resident_id) filter (where r.resident_id is not null), '{}') as people
            from household h
            left join resident r on r.community_id = h.community_id
                and (r.resident_id = h.delegate_id or (h.delegate_id is null and r.household_id = h.household_id and r.birth_year <= @bornBy))
            where h.community_id = @community and h.moved_out_at is null and (@scope::text is null or h.building = @scope)
            group by h.community_id, h.household_id
            order by h.building, h.door
            """,
            new { community, scope, bornBy = BornBy(now) },
            cancellationToken: cancellationToken))).Select(row => new RollUnit(row.Key, row.Label, row.Building, 0, row.People))];

    private static async Task<IReadOnlyList<RollUnit>> PersonsAsync(NpgsqlConnection connection, CommunityId community, Guid[]? only, string? scope, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<PersonsRow>(new CommandDefinition(
            """
            select 'r:' || r.resident_id as key, coalesce(h.door, '') as label, coalesce(h.building, '') as building, array[r.resident_id] as people
            from resident r
            left join household h on h.community_id = r.community_id and h.household_id = r.household_id
            where r.community_id = @community and r.birth_year <= @bornBy
                and (@only::uuid[] is null and r.household_id is not null and h.moved_out_at is null or r.resident_id = any(@only))
                and (@scope::text is null or h.building = @scope)
            order by h.building, h.door, r.resident_id
            """,
            new { community, only, scope, bornBy = BornBy(now) },
            cancellationToken: cancellationToken))).Select(row => new RollUnit(row.Key, row.Label, row.Building, 0, row.People))];

    /// <summary>One business, one vote, cast by who acts for it; living here is not asked.</summary>
    private static async Task<IReadOnlyList<RollUnit>> MerchantsAsync(NpgsqlConnection connection, CommunityId community, string? scope, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<PersonsRow>(new CommandDefinition(
            """
            select 'm:' || m.merchant_id as key, m.name || ' ' || m.door as label, m.building, array[m.resident_id] as people
            from merchant m join resident r using (community_id, resident_id)
            where m.community_id = @community and m.closed_at is null and r.birth_year <= @bornBy and (@scope::text is null or m.building = @scope)
            order by m.building, m.door, m.merchant_id
            """,
            new { community, scope, bornBy = BornBy(now) },
            cancellationToken: cancellationToken))).Select(row => new RollUnit(row.Key, row.Label, row.Building, 0, row.People))];

    private static async Task<IReadOnlyList<RollUnit>> AwayWorkersAsync(NpgsqlConnection connection, CommunityId community, string? scope, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<PersonsRow>(new CommandDefinition(
            """
            select 'r:' || r.resident_id as key, h.door as label, h.building, array[r.resident_id] as people
            from resident r join household h using (community_id, household_id)
            where r.community_id = @community and r.away_group is not null and h.moved_out_at is null and r.birth_year <= @bornBy
                and (@scope::text is null or r.away_group = @scope)
            order by h.building, h.door, r.resident_id
            """,
            new { community, scope, bornBy = BornBy(now) },
            cancellationToken: cancellationToken))).Select(row => new RollUnit(row.Key, row.Label, row.Building, 0, row.People))];

    internal static int BornBy(DateTimeOffset now) => now.ToOffset(TimeSpan.FromHours(8)).Year - AdultAge;

    /// <summary>A set of owners as a short key that names nobody.</summary>
    private static string OwnerKey(string owners) => "o:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owners)))[..24];

    private sealed record UnitRow(Guid UnitId, string Building, string Door, string Kind, long AreaHundredths, string State, Guid[] Owners);

    private sealed record PersonsRow(string Key, string Label, string Building, Guid[] People);
}
