namespace Deliberation.Features.Seeding;

internal sealed record HouseholdSeed(Guid Id, string Building, string Stairwell, string Door, Guid Delegate);

internal sealed record ResidentSeed(Guid Id, Guid? Household, string FullName, string? Phone, int BirthYear, bool LivesHere, string? AwayGroup, string Locale);

/// <param name="AreaHundredths">0.01 m².</param>
internal sealed record UnitSeed(Guid Id, string Building, string Door, int AreaHundredths, string AreaSource);

internal sealed record OwnerSeed(Guid Unit, Guid Resident);

/// <summary>The people and flats of one community: made from a compound's row and the seed number, the same in every run; or read from a <see cref="RollFile"/>.</summary>
internal sealed record DemoRoll(
    IReadOnlyList<HouseholdSeed> Households,
    IReadOnlyList<ResidentSeed> Residents,
    IReadOnlyList<UnitSeed> Units,
    IReadOnlyList<OwnerSeed> Owners)
{
    public static DemoRoll Make(SeedCompound compound, SeedPlan plan, SeedPhones phones)
    {
        var units = MakeUnits(compound, plan.Demo.Seed);
        return new DemoRollMaker(compound, plan, phones, units).Make();
    }

    /// <summary>Flats of one stair position are alike; what rounding leaves over goes to the first flats, a hundredth each.</summary>
    private static List<UnitSeed> MakeUnits(SeedCompound compound, int seed)
    {
        var random = new SeedRandom(seed, $"units/{compound.Community}");
        var perFloor = compound.Stairwells * compound.DoorsPerFloor;
        var weights = Enumerable.Range(0, perFloor).Select(_ => random.Between(70, 130)).ToArray();
        var weightOfAll = (long)weights.Sum() * compound.Floors * compound.Buildings;
        var left = compound.AreaTotal - (weights.Sum(w => (long)compound.AreaTotal * w / weightOfAll) * compound.Floors * compound.Buildings);
        var units = new List<UnitSeed>(compound.Units);
        for (var building = 1; building <= compound.Buildings; building++)
        {
            for (var floor = 1; floor <= compound.Floors; floor++)
            {
                for (var position = 0; position < perFloor; position++)
                {
                    var door = compound.Floors == 1 ? $"{building}-{position + 1:00}" : $"{building}-{floor}{position + 1:00}";
                    var area = (int)((long)compound.AreaTotal * weights[position] / weightOfAll) + (units.Count < left ? 1 : 0);
                    var source = random.Next(100) switch { < 92 => "Register", < 97 => "Survey", _ => "Contract" };
                    units.Add(new UnitSeed(SeedRandom.Id(seed, $"{compound.Community}/unit/{door}"), building + compound.BuildingSuffix, door, area, source));
                }
            }
        }

        return units;
    }
}

/// <summary>Telephone numbers of the block nobody can have, each given once.</summary>
internal sealed class SeedPhones(DemoSettings demo)
{
    private readonly int[] _order = new SeedRandom(demo.Seed, "phones").Shuffled(10_000);
    private int _next;

    public string Next() => $"{demo.PhonePrefix}{_order[_next++ % _order.Length]:0000}";
}
