using System.Globalization;
using Deliberation.Domain;

namespace Deliberation.Features.Seeding;

/// <summary>A community's roll as one table: a row connects a person with a door. Its shape is told in <c>seeds/README.md</c>.</summary>
public static class RollFile
{
    private static readonly string[] Columns =
        ["person", "name", "phone", "birth_year", "building", "stairwell", "door", "lives_here", "delegate", "owner", "area_hundredths", "area_source"];

    /// <summary>Everything wrong with a file, at most a hundred things, each with its line and field; empty when it can be imported.</summary>
    public static IReadOnlyList<Refusal> Problems(string path)
    {
        var problems = new SeedProblems();
        Read(path, problems);
        return problems.All;
    }

    internal static DemoRoll Read(string path, SeedProblems problems)
    {
        var (folder, file) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        var rows = SeedTable.Read(folder, file, Columns, problems).Select(row => Line.Of(row)).ToList();
        if (rows.Count == 0 && problems.First is null)
        {
            problems.Add(SeedRefusals.WrongFieldCount(file, 2, Columns.Length, 0));
        }

        var doors = rows.GroupBy(row => (row.Building, row.Door)).Select(door => Door.Of(door.Key.Building, door.Key.Door, [.. door])).ToList();
        var households = doors.ToDictionary(door => (door.Building, door.Number), door => door.Household);
        var people = rows.GroupBy(row => row.Person).ToDictionary(person => person.Key, person => PersonOf([.. person], households));
        return new DemoRoll(
            [.. doors.Where(door => door.Household is not null).Select(door => new HouseholdSeed(
                door.Household!.Value, door.Building, door.Rows[0].Stairwell, door.Number, DelegateOf(door, people)))],
            [.. people.Values],
            [.. doors.Where(door => door.Unit is not null).Select(door => new UnitSeed(door.Unit!.Value, door.Building, door.Number, door.Area, door.AreaSource))],
            [.. doors.Where(door => door.Unit is not null).SelectMany(door => door.Rows.Where(row => row.IsOwner)
                .Select(row => new OwnerSeed(door.Unit!.Value, people[row.Person].Id)))]);
    }

    /// <summary>The delegate named; where none is, the eldest who lives there, who may be changed at the help desk.</summary>
    private static Guid DelegateOf(Door door, Dictionary<string, ResidentSeed> people)
    {
        var head = door.Rows.FirstOrDefault(row => row.IsDelegate) ?? door.Rows.Where(row => row.LivesHere).MinBy(row => row.BirthYear)!;
        return people[head.Person].Id;
    }

    private static ResidentSeed PersonOf(List<Line> rows, Dictionary<(string Building, string Door), Guid?> households)
    {
        var first = rows[0];
        foreach (var row in rows.Skip(1))
        {
            row.MustEqual("name", first.Name, row.Name);
            row.MustEqual("phone", first.Phone, row.Phone);
            row.MustEqual("birth_year", first.BirthYear.ToString(CultureInfo.InvariantCulture), row.BirthYear.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var second in rows.Where(row => row.LivesHere).Skip(1))
        {
            second.Row.Bad("lives-twice", "lives_here", ("value", second.Person));
        }

        var home = rows.Find(row => row.LivesHere);
        var household = home is null ? null : households[(home.Building, home.Door)];
        return new ResidentSeed(Guid.CreateVersion7(), household, first.Name, first.Phone, first.BirthYear, home is not null, null, "zh-Hans");
    }

    private sealed record Door(string Building, string Number, IReadOnlyList<Line> Rows, Guid? Household, Guid? Unit, int Area, string AreaSource)
    {
        public static Door Of(string building, string number, IReadOnlyList<Line> rows)
        {
            foreach (var row in rows.Skip(1))
            {
                row.MustEqual("stairwell", rows[0].Stairwell, row.Stairwell);
            }

            foreach (var second in rows.Where(row => row.IsDelegate).Skip(1))
            {
                second.Row.Bad("two-delegates", "delegate", ("value", number));
            }

            HashSet<string> seen = [];
            foreach (var row in rows.Where(row => !seen.Add(row.Person)))
            {
                row.Row.Bad("twice", "person", ("value", row.Person));
            }

            var owners = rows.Where(row => row.IsOwner).ToList();
            foreach (var owner in owners.Skip(1))
            {
                owner.MustEqual("area_hundredths", $"{owners[0].Area}", $"{owner.Area}");
                owner.MustEqual("area_source", owners[0].AreaSource, owner.AreaSource);
            }

            return new Door(
                building, number, rows,
                rows.Any(row => row.LivesHere) ? Guid.CreateVersion7() : null,
                owners.Count > 0 ? Guid.CreateVersion7() : null,
                owners.Count > 0 ? owners[0].Area : 0,
                owners.Count > 0 ? owners[0].AreaSource : "");
        }
    }

    private sealed record Line(
        SeedRow Row, string Person, string Name, string? Phone, int BirthYear, string Building, string Stairwell, string Door,
        bool LivesHere, bool IsDelegate, bool IsOwner, int Area, string AreaSource)
    {
        public static Line Of(SeedRow row)
        {
            var livesHere = IsYes(row, "lives_here");
            var isDelegate = IsYes(row, "delegate");
            var isOwner = IsYes(row, "owner");
            if (isDelegate && !livesHere)
            {
                row.Bad("delegate-away", "delegate", ("value", row.Text("person")));
            }

            if (!livesHere && !isOwner)
            {
                row.Bad("nothing-here", "owner", ("value", row.Text("person")));
            }

            var phone = row.Optional("phone");
            if (phone is not null && !(phone.Count(char.IsAsciiDigit) is >= 7 and <= 15 && phone.All(c => char.IsAsciiDigit(c) || c is '-' or ' ' or '+')))
            {
                row.Bad("not-a-phone", "phone", ("value", phone));
            }

            return new Line(
                row, row.Text("person"), row.Text("name"), phone, row.Whole("birth_year", 1900, 2100), row.Text("building"),
                row.Optional("stairwell") ?? "", row.Text("door"), livesHere, isDelegate, isOwner,
                isOwner ? row.Whole("area_hundredths", 1, 100_000_000) : 0,
                isOwner ? row.OneOf("area_source", "Register", "Survey", "Contract") : "");
        }

        public void MustEqual(string field, string? earlier, string? here)
        {
            if (earlier != here)
            {
                Row.Bad("differs", field, ("value", here), ("earlier", earlier));
            }
        }

        private static bool IsYes(SeedRow row, string field) => row.OneOf(field, "yes", "no") == "yes";
    }
}
