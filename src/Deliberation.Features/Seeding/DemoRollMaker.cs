using System.Globalization;

namespace Deliberation.Features.Seeding;

/// <summary>Settles owners and households into the flats of one compound.</summary>
internal sealed class DemoRollMaker(SeedCompound compound, SeedPlan plan, SeedPhones phones, List<UnitSeed> units)
{
    private readonly SeedRandom _random = new(plan.Demo.Seed, $"people/{compound.Community}");
    private readonly SeedNamer _namer = new(plan.Names, new SeedRandom(plan.Demo.Seed, $"names/{compound.Community}"));
    private readonly List<ResidentSeed> _residents = [];
    private readonly List<HouseholdSeed> _households = [];
    private readonly List<OwnerSeed> _owners = [];

    public DemoRoll Make()
    {
        // The first flats of the drawn order are the owners' homes; the rest are their second flats, some let, some empty.
        var order = HomesFirst();
        var homes = order.Take(compound.OwnerSets).ToArray();
        var further = order.Skip(compound.OwnerSets).ToArray();
        var let = compound.Occupied - (compound.OwnerSets - compound.OwnersAway);
        for (var i = 0; i < homes.Length; i++)
        {
            var isCouple = i >= further.Length && i < further.Length + compound.Couples; // couples own one flat: their set is one person
            var livesAway = i >= homes.Length - compound.OwnersAway;
            SettleOwner(homes[i], i < further.Length ? further[i] : null, isCouple, livesAway);
            if (livesAway && let > 0)
            {
                let--;
                SettleTenants(homes[i]);
            }
        }

        foreach (var unit in further.Take(let))
        {
            SettleTenants(unit);
        }

        return new DemoRoll(
            [.. _households.OrderBy(h => h.Door, StringComparer.Ordinal)], _residents, units, _owners);
    }

    /// <summary>A drawn order in which the door of the demo's token is the home of a single owner who lives there.</summary>
    private List<UnitSeed> HomesFirst()
    {
        var order = _random.Shuffled(units.Count).Select(i => units[i]).ToList();
        var entry = order.FindIndex(u => u.Door == plan.Demo.EntryDoor);
        if (compound.Community == plan.Demo.Main && entry >= 0)
        {
            var place = units.Count - compound.OwnerSets + compound.Couples;
            (order[place], order[entry]) = (order[entry], order[place]);
        }

        return order;
    }

    private void SettleOwner(UnitSeed home, UnitSeed? further, bool isCouple, bool livesAway)
    {
        var household = livesAway ? (Guid?)null : HouseholdOf(home);
        var birthYear = _random.Between(1940, 1992);
        var owner = AddResident($"owner/{home.Door}", household, _namer.Next(), birthYear, !livesAway);
        _owners.Add(new OwnerSeed(home.Id, owner.Id));
        if (further is not null)
        {
            _owners.Add(new OwnerSeed(further.Id, owner.Id));
        }

        if (isCouple)
        {
            var spouse = AddResident($"spouse/{home.Door}", household, _namer.Next(), birthYear + _random.Between(-4, 4), !livesAway);
            _owners.Add(new OwnerSeed(home.Id, spouse.Id));
        }

        if (household is { } id)
        {
            AddHousehold(id, home, owner, isCouple ? 2 : 1);
        }
    }

    private void SettleTenants(UnitSeed unit)
    {
        var id = HouseholdOf(unit);
        AddHousehold(id, unit, AddResident($"tenant/{unit.Door}", id, _namer.Next(), _random.Between(1965, 2002), livesHere: true), 1);
    }

    /// <param name="counted">Members who are there already.</param>
    private void AddHousehold(Guid id, UnitSeed unit, ResidentSeed head, int counted)
    {
        var size = Math.Max(counted, _random.Next(100) switch { < 18 => 1, < 48 => 2, < 80 => 3, < 93 => 4, < 98 => 5, _ => 6 });
        for (var member = counted; member < size; member++)
        {
            var isChild = member >= 2 || head.BirthYear > 1985;
            var birthYear = isChild ? Math.Min(2020, head.BirthYear + _random.Between(23, 36)) : head.BirthYear + _random.Between(-4, 4);
            AddResident($"member{member}/{unit.Door}", id, _namer.Next(isChild ? head.FullName[..1] : null), birthYear, livesHere: true);
        }

        var stairwell = compound.Stairwells == 1
            ? ""
            : (((int.Parse(unit.Door[^2..], CultureInfo.InvariantCulture) - 1) / compound.DoorsPerFloor) + 1).ToString(CultureInfo.InvariantCulture);
        _households.Add(new HouseholdSeed(id, unit.Building, stairwell, unit.Door, head.Id));
    }

    private ResidentSeed AddResident(string thing, Guid? household, string name, int birthYear, bool livesHere)
    {
        var isAdult = birthYear <= 2008;
        var isEntry = thing.EndsWith("/" + plan.Demo.EntryDoor, StringComparison.Ordinal);
        var away = isAdult && !isEntry && household is not null && _random.Percent(compound.AwayPercent);
        var hasPhone = isEntry || (isAdult && _random.Percent(birthYear < 1950 ? 80 : 97));
        var locale = _random.Next(100) switch { 0 when !isEntry => "en", 1 when !isEntry => "zh-Hant", _ => "zh-Hans" };
        var resident = new ResidentSeed(
            SeedRandom.Id(plan.Demo.Seed, $"{compound.Community}/resident/{thing}"),
            household, name, hasPhone ? phones.Next() : null, birthYear, livesHere && !away, away ? $"{_random.Between(1, 4)}" : null, locale);
        _residents.Add(resident);
        return resident;
    }

    private Guid HouseholdOf(UnitSeed unit) => SeedRandom.Id(plan.Demo.Seed, $"{compound.Community}/household/{unit.Door}");
}
