namespace Deliberation.Domain.Ballots;

/// <summary>Kind of an exclusive unit (专有部分).</summary>
public enum UnitKind
{
    /// <summary>A flat or house (住宅).</summary>
    Residential,

    /// <summary>A shop (商铺); counts like a flat.</summary>
    Shop,

    /// <summary>A parking space (车位); counts only where the rules of procedure say so.</summary>
    Parking,

    /// <summary>A market stall (摊位); as parking.</summary>
    Stall,

    /// <summary>A storage room (储藏室); as parking.</summary>
    Storage,
}

/// <summary>Who holds a unit.</summary>
public enum UnitState
{
    /// <summary>Handed over: its owners hold it, a buyer in possession before registration included.</summary>
    Delivered,

    /// <summary>Sold, not handed over (未交付): the developer still counts.</summary>
    SoldNotDelivered,

    /// <summary>Not sold (未出售): the developer counts.</summary>
    Unsold,
}

/// <summary>Where the area of a unit comes from (interpretation on unit ownership, art. 8): register first, else survey, else contract.</summary>
public enum AreaSource
{
    Register,
    Survey,
    Contract,
}

/// <summary>Whom co-owners count as; to be confirmed locally (待核实).</summary>
public enum CoOwnerCounting
{
    /// <summary>The set of owners is the person: <c>{A}</c> and <c>{A,B}</c> are two, whatever they hold (default).</summary>
    BySet,

    /// <summary>Each unit with several owners is a person of its own; who owns alone counts once for all such units.</summary>
    ByUnit,
}

/// <summary>A part of a building owned apart (专有部分).</summary>
/// <param name="Unit">Its number in the compound.</param>
/// <param name="AreaHundredths">Exclusive area in whole hundredths of a square metre, 0 or more.</param>
/// <param name="Owners">Ids of all its owners; several are co-owners. At least one when handed over.</param>
public sealed record ExclusiveUnit(
    string Unit,
    UnitKind Kind,
    long AreaHundredths,
    IReadOnlyList<string> Owners,
    UnitState State = UnitState.Delivered,
    AreaSource AreaSource = AreaSource.Register);

/// <summary>One person of the owners' roll: a set of owners and all they hold.</summary>
/// <param name="Key">The owners' ids in order, joined with <c>+</c>; <see cref="OwnersRoll.DeveloperKey"/> for the developer.</param>
/// <param name="AreaHundredths">Whole hundredths of a square metre.</param>
/// <param name="Units">Numbers of the units counted.</param>
public sealed record OwnersRollEntry(string Key, long AreaHundredths, IReadOnlyList<string> Units);

/// <summary>The owners' roll (业主名册): who may vote, and with what area.</summary>
public sealed class OwnersRoll
{
    /// <summary>All unsold and all sold but undelivered units together are one person.</summary>
    public const string DeveloperKey = "developer";

    private readonly Dictionary<string, int> _places;

    /// <param name="entries">Keys are unique, areas 0 or more.</param>
    /// <exception cref="ArgumentException">A key stands twice, or an area is negative.</exception>
    /// <exception cref="OverflowException">All areas together are beyond any compound.</exception>
    public OwnersRoll(IEnumerable<OwnersRollEntry> entries)
    {
        Entries = [.. entries];
        _places = new(Entries.Count, StringComparer.Ordinal);
        foreach (var entry in Entries)
        {
            if (entry.AreaHundredths < 0)
                throw new ArgumentException($"the area of {entry.Key} is negative", nameof(entries));
            _places.Add(entry.Key, _places.Count);
            AreaHundredths = checked(AreaHundredths + entry.AreaHundredths);
        }
    }

    public IReadOnlyList<OwnersRollEntry> Entries { get; }

    public int Persons => Entries.Count;

    /// <summary>Area of all entries. Whole hundredths of a square metre.</summary>
    public long AreaHundredths { get; }

    /// <summary>The entry, or null when the key is not on the roll.</summary>
    public OwnersRollEntry? Find(string key) => PlaceOf(key) is { } place ? Entries[place] : null;

    /// <summary>Where the entry stands in <see cref="Entries"/>; null when the key is not on the roll.</summary>
    internal int? PlaceOf(string key) => _places.TryGetValue(key, out var place) ? place : null;

    /// <summary>Builds the roll: one person per set of owners (<c>{A}</c> and <c>{A,B}</c> are two), the developer once.</summary>
    /// <param name="parkingCounts">Whether parking, stalls and storage count; the rules of procedure must say so, false by default.</param>
    /// <remarks>Supreme Court interpretation on unit ownership, arts. 8, 9.</remarks>
    public static OwnersRoll Build(
        IEnumerable<ExclusiveUnit> units, bool parkingCounts = false, CoOwnerCounting coOwners = CoOwnerCounting.BySet) => new(
        units
            .Where(u => parkingCounts || u.Kind is UnitKind.Residential or UnitKind.Shop)
            .GroupBy(u => coOwners is CoOwnerCounting.ByUnit && IsShared(u) ? $"{KeyOf(u)}@{u.Unit}" : KeyOf(u), StringComparer.Ordinal)
            .Select(g => new OwnersRollEntry(g.Key, g.Sum(u => u.AreaHundredths), [.. g.Select(u => u.Unit)])));

    /// <summary>The key of the person who holds a unit.</summary>
    public static string KeyOf(ExclusiveUnit unit) => unit.State is UnitState.Delivered
        ? KeyOf(unit.Owners)
        : DeveloperKey;

    private static bool IsShared(ExclusiveUnit unit) =>
        unit.State is UnitState.Delivered && unit.Owners.Distinct(StringComparer.Ordinal).Skip(1).Any();

    /// <summary>The key of a set of owners; order and repetition do not matter.</summary>
    public static string KeyOf(IEnumerable<string> owners) =>
        string.Join('+', owners.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
