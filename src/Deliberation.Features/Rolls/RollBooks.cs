using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Rolls;

internal sealed record BookUnit(Guid UnitId, string Building, string Door, string Kind, long AreaHundredths, string AreaSource, string State);

internal sealed record BookOwner(Guid UnitId, Guid ResidentId);

internal sealed record BookHousehold(Guid HouseholdId, string Building, string Stairwell, string Door, Guid? DelegateId);

internal sealed record BookPerson(Guid ResidentId, Guid? HouseholdId, string FullName, string? Phone, int BirthYear, bool LivesHere, string? AwayGroup);

internal sealed record BookMerchant(Guid MerchantId, string Name, string Building, string Door, Guid ResidentId);

/// <summary>All that a community's books say now: five reads, whatever their size.</summary>
internal sealed record RollBooks(
    IReadOnlyList<BookUnit> Units, IReadOnlyList<BookOwner> Owners, IReadOnlyList<BookHousehold> Households, IReadOnlyList<BookPerson> People, IReadOnlyList<BookMerchant> Merchants)
{
    public IReadOnlySet<string> Buildings => Units.Select(unit => unit.Building).Concat(Households.Select(household => household.Building)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Keeps every other change of the books out until the end of the transaction.</summary>
    public static Task LockAsync(NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('roll:' || @community::text, 0))", new { community = community.Value }, cancellationToken);

    public static async Task<RollBooks> ReadAsync(NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) => new(
        await connection.RowsAsync<BookUnit>(
            "select unit_id, building, door, kind, area_hundredths, area_source, state from exclusive_unit where community_id = @community", new { community }, cancellationToken),
        await connection.RowsAsync<BookOwner>("select unit_id, resident_id from unit_owner where community_id = @community", new { community }, cancellationToken),
        await connection.RowsAsync<BookHousehold>(
            "select household_id, building, stairwell, door, delegate_id from household where community_id = @community and moved_out_at is null", new { community }, cancellationToken),
        await connection.RowsAsync<BookPerson>(
            "select resident_id, household_id, full_name, phone, birth_year, lives_here, away_group from resident where community_id = @community", new { community }, cancellationToken),
        await connection.RowsAsync<BookMerchant>(
            "select merchant_id, name, building, door, resident_id from merchant where community_id = @community and closed_at is null", new { community }, cancellationToken));
}
