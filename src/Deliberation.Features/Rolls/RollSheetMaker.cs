namespace Deliberation.Features.Rolls;

/// <summary>Rows put together: what they say of one door, one unit and one person must agree.</summary>
internal sealed class RollSheetMaker
{
    private readonly Dictionary<(string Name, string Mark), SheetPerson> _people = [];
    private readonly Dictionary<SheetPerson, RollLine> _phones = [];
    private readonly Dictionary<DoorKey, SheetDoor> _households = [];
    private readonly Dictionary<(DoorKey Door, string Kind), SheetUnit> _units = [];
    private readonly Dictionary<(DoorKey Door, string Name), SheetMerchant> _merchants = [];
    private readonly HashSet<(SheetPerson Person, DoorKey Door, string Kind)> _seen = [];

    public RollSheet Make(IEnumerable<RollLine> lines)
    {
        foreach (var line in lines)
        {
            var person = line.Name is null ? null : PersonOf(line);
            if (person is not null && !_seen.Add((person, line.Door, line.Kind)))
            {
                line.Bad(RollColumns.Name, "person-twice", ("value", line.Name));
                continue;
            }

            AddUnit(line, person);
            if (person is not null)
            {
                AddHome(line, person);
                AddMerchant(line, person);
            }
        }

        ComparePhones();
        return new RollSheet([.. _households.Values], [.. _units.Values], [.. _people.Values], [.. _merchants.Values]);
    }

    /// <summary>Known by name and telephone, without one by name and year of birth.</summary>
    private SheetPerson PersonOf(RollLine line)
    {
        var key = (line.Name!, line.Phone is { } phone ? Digits(phone) : $"born {line.BirthYear}");
        if (!_people.TryGetValue(key, out var person))
        {
            person = _people[key] = new SheetPerson(line.Row, line.Name!, line.Phone, line.BirthYear);
        }
        else if (person.BirthYear != line.BirthYear)
        {
            line.Bad(RollColumns.Birth, "differs", ("row", person.Row), ("earlier", $"{person.BirthYear}"));
        }

        person.Doors.Add(line.Door);
        if (line.Phone is not null)
        {
            _phones.TryAdd(person, line);
        }

        return person;
    }

    /// <summary>A family may share a telephone; people of two homes do not.</summary>
    private void ComparePhones()
    {
        foreach (var shared in _phones.GroupBy(pair => Digits(pair.Key.Phone!), StringComparer.Ordinal))
        {
            var (first, _) = shared.First();
            foreach (var (person, line) in shared.Skip(1).Where(other => first.Home is null || other.Key.Home != first.Home))
            {
                line.Bad(RollColumns.Phone, "phone-twice", ("row", first.Row));
            }
        }
    }

    internal static string Digits(string phone) => string.Concat(phone.Where(char.IsAsciiDigit));

    private void AddUnit(RollLine line, SheetPerson? person)
    {
        if (line.AreaHundredths is not { } area)
        {
            return;
        }

        if (!_units.TryGetValue((line.Door, line.Kind), out var unit))
        {
            unit = _units[(line.Door, line.Kind)] = new SheetUnit(line.Row, line.Door, line.Kind, area, line.Source, line.State, []);
        }
        else if (person is null)
        {
            line.Bad(RollColumns.Door, "unit-twice", ("row", unit.Row));
        }

        if (unit.AreaHundredths != area)
        {
            line.Bad(RollColumns.Area, "area-differs", ("row", unit.Row), ("earlierHundredths", unit.AreaHundredths));
        }

        if (unit.Source != line.Source)
        {
            line.Bad(RollColumns.Source, "differs-code", ("row", unit.Row));
        }

        if (unit.State != line.State)
        {
            line.Bad(RollColumns.State, "differs-code", ("row", unit.Row));
        }

        if (person is not null && line.IsOwner)
        {
            unit.Owners.Add(person);
        }
    }

    private void AddHome(RollLine line, SheetPerson person)
    {
        if (!line.IsMember)
        {
            return;
        }

        if (person.Home is { } home && home != line.Door)
        {
            line.Bad(RollColumns.Lives, "lives-twice", ("value", $"{home.Building} {home.Door}"));
            return;
        }

        (person.Home, person.LivesHere, person.AwayGroup) = (line.Door, line.LivesHere, line.AwayGroup);
        if (!_households.TryGetValue(line.Door, out var household))
        {
            household = _households[line.Door] = new SheetDoor(line.Row, line.Door, line.Stairwell, null);
        }
        else if (household.Stairwell != line.Stairwell)
        {
            line.Bad(RollColumns.Stairwell, "differs", ("row", household.Row), ("earlier", household.Stairwell));
        }

        if (!line.IsDelegate)
        {
            return;
        }

        if (household.Delegate is not null && household.Delegate != person)
        {
            line.Bad(RollColumns.Delegate, "two-delegates", ("row", household.Delegate.Row));
        }

        _households[line.Door] = household with { Delegate = person };
    }

    private void AddMerchant(RollLine line, SheetPerson person)
    {
        if (line.Business is { } name && !_merchants.TryAdd((line.Door, name), new SheetMerchant(line.Row, line.Door, name, person)))
        {
            line.Bad(RollColumns.Business, "business-twice", ("row", _merchants[(line.Door, name)].Row));
        }
    }
}
