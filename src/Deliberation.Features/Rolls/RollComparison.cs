using System.Globalization;

namespace Deliberation.Features.Rolls;

/// <summary>A table laid beside the books. Pure: both come in whole.</summary>
/// <param name="isComplete">What the books have and the table does not goes, in the buildings that the table names.</param>
internal sealed class RollComparison(RollSheet sheet, RollBooks books, bool isComplete, RollProblems problems)
{
    private readonly RollDiff _diff = new();
    private readonly Dictionary<SheetPerson, Guid> _ids = [];
    private readonly Dictionary<DoorKey, BookHousehold> _households = books.Households.ToDictionary(h => new DoorKey(h.Building, h.Door));
    private readonly Dictionary<Guid, BookPerson> _people = books.People.ToDictionary(p => p.ResidentId);
    private readonly Dictionary<(DoorKey, string), BookUnit> _units = books.Units.ToDictionary(u => (new DoorKey(u.Building, u.Door), u.Kind));
    private readonly Dictionary<Guid, DoorKey> _doorOfUnit = books.Units.ToDictionary(u => u.UnitId, u => new DoorKey(u.Building, u.Door));
    private readonly Dictionary<DoorKey, Guid> _householdIds = [];
    private readonly Dictionary<Guid, DoorKey> _doorOfHousehold = books.Households.ToDictionary(h => h.HouseholdId, h => new DoorKey(h.Building, h.Door));
    private readonly Dictionary<Guid, string> _names = books.People.ToDictionary(p => p.ResidentId, p => p.FullName);
    private readonly HashSet<Guid> _membersSeen = [];

    public RollDiff Compare()
    {
        MatchPeople();
        CompareHouseholds();
        ComparePeople();
        CompareUnits();
        CompareMerchants();
        if (isComplete)
        {
            FindGone();
        }

        return _diff;
    }

    /// <summary>The same telephone and name; else the same name and year, and where there are several, the same door.</summary>
    private void MatchPeople()
    {
        var byName = books.People.ToLookup(person => person.FullName, StringComparer.Ordinal);
        var byPhone = books.People.Where(person => person.Phone is not null).ToLookup(person => RollSheetMaker.Digits(person.Phone!), StringComparer.Ordinal);
        var doors = DoorsOnTheBooks();
        var taken = new Dictionary<Guid, SheetPerson>();
        foreach (var person in sheet.People)
        {
            var named = byName[person.Name].ToList();
            var found = named.Where(known => IsSame(known.Phone, person.Phone)).ToList();
            if (found.Count == 0)
            {
                found = [.. named.Where(known => known.BirthYear == person.BirthYear && (known.Phone is null || person.Phone is null || doors[known.ResidentId].Any(person.Doors.Contains)))];
            }

            if (found.Count > 1)
            {
                var here = found.Where(known => doors[known.ResidentId].Any(person.Doors.Contains)).ToList();
                found = here.Count > 0 ? here : found;
            }

            if (found.Count > 1)
            {
                problems.Add(person.Row, RollColumns.Name, "person-ambiguous", ("value", person.Name));
            }

            if (person.Phone is { } phone && byPhone[RollSheetMaker.Digits(phone)].Any(known => known.FullName != person.Name && !doors[known.ResidentId].Any(person.Doors.Contains)))
            {
                problems.Add(person.Row, RollColumns.Phone, "phone-taken");
            }

            var id = found.Count == 0 ? Guid.CreateVersion7() : found[0].ResidentId;
            if (!taken.TryAdd(id, person))
            {
                problems.Add(person.Row, RollColumns.Name, "person-ambiguous", ("value", person.Name));
            }

            _ids[person] = id;
            _names[id] = person.Name;
        }
    }

    private ILookup<Guid, DoorKey> DoorsOnTheBooks() =>
        books.People.Where(p => p.HouseholdId is { } home && _doorOfHousehold.ContainsKey(home)).Select(p => (p.ResidentId, Door: _doorOfHousehold[p.HouseholdId!.Value]))
            .Concat(books.Owners.Select(o => (o.ResidentId, Door: _doorOfUnit[o.UnitId])))
            .Concat(books.Merchants.Select(m => (m.ResidentId, Door: new DoorKey(m.Building, m.Door))))
            .ToLookup(pair => pair.ResidentId, pair => pair.Door);

    private void CompareHouseholds()
    {
        foreach (var door in sheet.Households)
        {
            var head = door.Delegate is null ? (Guid?)null : _ids[door.Delegate];
            if (!_households.TryGetValue(door.Door, out var known))
            {
                var added = new BookHousehold(Guid.CreateVersion7(), door.Door.Building, door.Stairwell, door.Door.Door, head);
                _householdIds[door.Door] = added.HouseholdId;
                _doorOfHousehold[added.HouseholdId] = door.Door;
                _diff.NewHouseholds.Add(added);
                Say(RollDiffKind.New, "Household", door.Door, "");
                continue;
            }

            _householdIds[door.Door] = known.HouseholdId;
            // An empty cell leaves what is known as it is.
            var next = known with { Stairwell = door.Stairwell.Length == 0 ? known.Stairwell : door.Stairwell, DelegateId = head ?? known.DelegateId };
            var changes = Changes((RollColumns.Stairwell, known.Stairwell, next.Stairwell), (RollColumns.Delegate, NameOf(known.DelegateId), NameOf(next.DelegateId)));
            if (next == known)
            {
                _diff.Same++;
                continue;
            }

            _diff.ChangedHouseholds.Add(next);
            Say(RollDiffKind.Changed, "Household", door.Door, "", changes: changes);
        }
    }

    private void ComparePeople()
    {
        foreach (var person in sheet.People)
        {
            var id = _ids[person];
            var household = person.Home is { } home ? _householdIds[home] : (Guid?)null;
            _membersSeen.Add(id);
            if (!_people.TryGetValue(id, out var known))
            {
                _diff.NewPeople.Add(new BookPerson(id, household, person.Name, person.Phone, person.BirthYear, person.LivesHere, person.AwayGroup));
                if (person.Home is { } door)
                {
                    Say(RollDiffKind.New, "Member", door, person.Name, id);
                }

                continue;
            }

            var next = known with { Phone = person.Phone is null || IsSame(known.Phone, person.Phone) ? known.Phone : person.Phone, BirthYear = person.BirthYear };
            if (household is not null)
            {
                next = next with { HouseholdId = household, LivesHere = person.LivesHere, AwayGroup = person.AwayGroup };
            }

            if (next == known)
            {
                _diff.Same++;
                continue;
            }

            _diff.ChangedPeople.Add(next);
            Say(RollDiffKind.Changed, "Member", person.Home ?? person.Doors.First(), person.Name, id, Changes(
                (RollColumns.Phone, Tail(known.Phone), Tail(next.Phone)),
                (RollColumns.Birth, Year(known.BirthYear), Year(next.BirthYear)),
                (RollColumns.Door, DoorOf(known.HouseholdId), DoorOf(next.HouseholdId)),
                (RollColumns.Lives, known.LivesHere ? "yes" : "no", next.LivesHere ? "yes" : "no"),
                (RollColumns.Away, known.AwayGroup ?? "", next.AwayGroup ?? "")));
        }
    }

    private void CompareUnits()
    {
        var owners = books.Owners.ToLookup(owner => owner.UnitId, owner => owner.ResidentId);
        foreach (var unit in sheet.Units)
        {
            if (_units.TryGetValue((unit.Door, unit.Kind), out var known))
            {
                var next = known with { AreaHundredths = unit.AreaHundredths, AreaSource = unit.Source, State = unit.State };
                if (next == known)
                {
                    _diff.Same++;
                }
                else
                {
                    _diff.ChangedUnits.Add(next);
                    Say(RollDiffKind.Changed, "Unit", unit.Door, "", null, Changes(
                        (RollColumns.Area, Year(known.AreaHundredths), Year(next.AreaHundredths)), (RollColumns.Source, known.AreaSource, next.AreaSource), (RollColumns.State, known.State, next.State)));
                }
            }
            else
            {
                known = new BookUnit(Guid.CreateVersion7(), unit.Door.Building, unit.Door.Door, unit.Kind, unit.AreaHundredths, unit.Source, unit.State);
                _diff.NewUnits.Add(known);
                Say(RollDiffKind.New, "Unit", unit.Door, "");
            }

            var before = owners[known.UnitId].ToHashSet();
            foreach (var owner in unit.Owners)
            {
                if (before.Contains(_ids[owner]))
                {
                    _diff.Same++;
                    continue;
                }

                _diff.NewOwners.Add(new BookOwner(known.UnitId, _ids[owner]));
                Say(RollDiffKind.New, "Owner", unit.Door, owner.Name, _ids[owner]);
            }

            // A table that names owners of a unit names all of them.
            var now = unit.Owners.Select(owner => _ids[owner]).ToHashSet();
            foreach (var gone in before.Where(id => (now.Count > 0 || isComplete) && !now.Contains(id)))
            {
                _diff.GoneOwners.Add(new BookOwner(known.UnitId, gone));
                Say(RollDiffKind.Gone, "Owner", unit.Door, NameOf(gone), gone);
            }
        }
    }

    private void CompareMerchants()
    {
        var known = books.Merchants.ToDictionary(m => (new DoorKey(m.Building, m.Door), m.Name));
        foreach (var merchant in sheet.Merchants)
        {
            var id = _ids[merchant.Person];
            if (known.TryGetValue((merchant.Door, merchant.Name), out var before))
            {
                if (before.ResidentId == id)
                {
                    _diff.Same++;
                    continue;
                }

                _diff.GoneMerchants.Add(before);
                Say(RollDiffKind.Gone, "Merchant", merchant.Door, $"{merchant.Name} · {NameOf(before.ResidentId)}", before.ResidentId);
            }

            _diff.NewMerchants.Add(new BookMerchant(Guid.CreateVersion7(), merchant.Name, merchant.Door.Building, merchant.Door.Door, id));
            Say(RollDiffKind.New, "Merchant", merchant.Door, $"{merchant.Name} · {merchant.Person.Name}", id);
        }
    }

    private void FindGone()
    {
        var named = sheet.Units.Select(u => u.Door.Building).Concat(sheet.Households.Select(h => h.Door.Building)).ToHashSet(StringComparer.Ordinal);
        var owners = books.Owners.ToLookup(owner => owner.UnitId, owner => owner.ResidentId);
        var units = sheet.Units.Select(u => (u.Door, u.Kind)).ToHashSet();
        foreach (var unit in books.Units.Where(u => named.Contains(u.Building) && !units.Contains((new DoorKey(u.Building, u.Door), u.Kind))))
        {
            var door = new DoorKey(unit.Building, unit.Door);
            _diff.GoneUnits.Add(unit);
            Say(RollDiffKind.Gone, "Unit", door, "");
            foreach (var owner in owners[unit.UnitId])
            {
                _diff.GoneOwners.Add(new BookOwner(unit.UnitId, owner));
                Say(RollDiffKind.Gone, "Owner", door, NameOf(owner), owner);
            }
        }

        var homes = books.Households.Where(h => named.Contains(h.Building)).ToDictionary(h => h.HouseholdId);
        foreach (var person in books.People.Where(p => p.HouseholdId is { } home && homes.ContainsKey(home) && !_membersSeen.Contains(p.ResidentId)))
        {
            var home = homes[person.HouseholdId!.Value];
            _diff.ChangedPeople.Add(person with { HouseholdId = null, LivesHere = false, AwayGroup = null });
            Say(RollDiffKind.Gone, "Member", new DoorKey(home.Building, home.Door), person.FullName, person.ResidentId);
        }

        var doors = sheet.Households.Select(h => h.Door).ToHashSet();
        foreach (var household in homes.Values.Where(h => !doors.Contains(new DoorKey(h.Building, h.Door))))
        {
            _diff.GoneHouseholds.Add(household);
            Say(RollDiffKind.Gone, "Household", new DoorKey(household.Building, household.Door), "");
        }

        var shops = sheet.Merchants.Select(m => (m.Door, m.Name)).ToHashSet();
        foreach (var merchant in books.Merchants.Where(m => named.Contains(m.Building) && !shops.Contains((new DoorKey(m.Building, m.Door), m.Name))))
        {
            _diff.GoneMerchants.Add(merchant);
            Say(RollDiffKind.Gone, "Merchant", new DoorKey(merchant.Building, merchant.Door), $"{merchant.Name} · {NameOf(merchant.ResidentId)}", merchant.ResidentId);
        }
    }

    private void Say(RollDiffKind kind, string subject, DoorKey door, string name, Guid? resident = null, IReadOnlyList<RollValueChange>? changes = null) =>
        _diff.Events.Add((new RollDiffLine(kind, subject, door.Building, door.Door, name, changes ?? []), resident));

    private static List<RollValueChange> Changes(params (string Column, string Was, string Now)[] all) =>
        [.. all.Where(change => change.Was != change.Now).Select(change => new RollValueChange(change.Column, change.Was, change.Now))];

    /// <summary>The same figures, however they are set apart.</summary>
    private static bool IsSame(string? known, string? typed) => known is not null && typed is not null && RollSheetMaker.Digits(known) == RollSheetMaker.Digits(typed);

    private string NameOf(Guid? person) => person is { } id ? _names.GetValueOrDefault(id, "") : "";

    private string DoorOf(Guid? household) => household is { } id && _doorOfHousehold.TryGetValue(id, out var door) ? $"{door.Building} {door.Door}" : "";

    private static string Year(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A telephone number in a list that is looked at together: its end tells it.</summary>
    private static string Tail(string? phone) => phone is null ? "" : "…" + phone[^Math.Min(4, phone.Length)..];
}
