using System.Globalization;
using Deliberation.Features.Rolls.Tables;

namespace Deliberation.Features.Rolls;

/// <summary>A door as people name it.</summary>
internal readonly record struct DoorKey(string Building, string Door);

/// <param name="Row">Where it stands first.</param>
/// <param name="AreaHundredths">0.01 m².</param>
internal sealed record SheetUnit(int Row, DoorKey Door, string Kind, long AreaHundredths, string Source, string State, List<SheetPerson> Owners);

internal sealed record SheetDoor(int Row, DoorKey Door, string Stairwell, SheetPerson? Delegate);

/// <summary>A person of the table: one however many rows name them.</summary>
internal sealed class SheetPerson(int row, string name, string? phone, int birthYear)
{
    public int Row => row;

    public string Name => name;

    public string? Phone => phone;

    public int BirthYear => birthYear;

    /// <summary>Every door a row connects them with.</summary>
    public HashSet<DoorKey> Doors { get; } = [];

    /// <summary>Null: lives elsewhere.</summary>
    public DoorKey? Home { get; set; }

    /// <summary>False for who works away.</summary>
    public bool LivesHere { get; set; }

    public string? AwayGroup { get; set; }
}

internal sealed record SheetMerchant(int Row, DoorKey Door, string Name, SheetPerson Person);

/// <summary>What a roll table says, checked against itself.</summary>
internal sealed record RollSheet(
    IReadOnlyList<SheetDoor> Households, IReadOnlyList<SheetUnit> Units, IReadOnlyList<SheetPerson> People, IReadOnlyList<SheetMerchant> Merchants)
{
    /// <summary>1,000,000.00 m².</summary>
    public const long MostAreaHundredths = 100_000_000;

    /// <param name="buildings">Known ones; empty = any.</param>
    /// <param name="thisYear">Nobody is born later.</param>
    public static RollSheet Read(IReadOnlyList<TableRow> rows, IReadOnlySet<string> buildings, int thisYear, RollProblems problems)
    {
        if (rows.Count == 0 || Headings(rows[0], problems) is not { } columns)
        {
            return new RollSheet([], [], [], []);
        }

        if (rows.Count == 1)
        {
            problems.Add(rows[0].Number, "", "no-rows");
        }

        var lines = rows.Skip(1).Select(row => new RollLine(row, columns, problems).Read(buildings, thisYear)).OfType<RollLine>().ToList();
        return new RollSheetMaker().Make(lines);
    }

    /// <returns>Place of each column; null when it is not a roll.</returns>
    private static Dictionary<string, int>? Headings(TableRow row, RollProblems problems)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < row.Cells.Count; i++)
        {
            if (row.Cells[i].Length == 0)
            {
                continue;
            }

            if (RollColumns.Find(row.Cells[i]) is not { } name)
            {
                problems.Add(row.Number, TableFile.Letters(i), "column-unknown", ("value", Short(row.Cells[i])));
            }
            else if (!columns.TryAdd(name, i))
            {
                problems.Add(row.Number, name, "column-twice");
            }
        }

        var missing = RollColumns.Needed.Where(name => !columns.ContainsKey(name)).ToList();
        foreach (var name in missing)
        {
            problems.Add(row.Number, name, "column-missing");
        }

        return missing.Count == 0 ? columns : null;
    }

    internal static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 39), "…");
}

/// <summary>One row, checked by itself.</summary>
internal sealed class RollLine(TableRow row, Dictionary<string, int> columns, RollProblems problems)
{
    private const int LongestName = 60;
    private const int LongestDoor = 20;

    public int Row => row.Number;

    public DoorKey Door { get; private set; }

    public string Stairwell { get; private set; } = "";

    public string Kind { get; private set; } = "Residential";

    /// <summary>Null: the row says nothing of a unit.</summary>
    public long? AreaHundredths { get; private set; }

    public string Source { get; private set; } = "Register";

    public string State { get; private set; } = "Delivered";

    /// <summary>Null: the row names nobody.</summary>
    public string? Name { get; private set; }

    public string? Phone { get; private set; }

    public int BirthYear { get; private set; }

    public bool IsOwner { get; private set; }

    public bool LivesHere { get; private set; }

    public bool IsDelegate { get; private set; }

    public string? AwayGroup { get; private set; }

    public string? Business { get; private set; }

    /// <summary>Belongs to the household at the door, here or away.</summary>
    public bool IsMember => LivesHere || AwayGroup is not null;

    /// <returns>Null when the row cannot be placed.</returns>
    public RollLine? Read(IReadOnlySet<string> buildings, int thisYear)
    {
        var building = Words(RollColumns.Building, LongestDoor);
        var door = Words(RollColumns.Door, LongestDoor);
        var isPlaced = Needed(RollColumns.Building, building) & Needed(RollColumns.Door, door);
        if (building.Length > 0 && buildings.Count > 0 && !buildings.Contains(building))
        {
            Bad(RollColumns.Building, "unknown-building", ("value", building));
            isPlaced = false;
        }

        if (!door.All(c => char.IsLetterOrDigit(c) || c is '-' or '#' or '/' or '.' or ' ' or '(' or ')'))
        {
            Bad(RollColumns.Door, "bad-door", ("value", RollSheet.Short(door)));
            isPlaced = false;
        }

        Door = new DoorKey(building, door);
        Stairwell = Words(RollColumns.Stairwell, LongestDoor);
        ReadPerson(thisYear);
        ReadUnit();
        return isPlaced ? this : null;
    }

    private void ReadPerson(int thisYear)
    {
        IsOwner = YesOrNo(RollColumns.Owner);
        LivesHere = YesOrNo(RollColumns.Lives);
        IsDelegate = YesOrNo(RollColumns.Delegate);
        AwayGroup = Optional(RollColumns.Away);
        Business = Optional(RollColumns.Business);
        Name = Optional(RollColumns.Name);
        Phone = Optional(RollColumns.Phone);
        var birth = Optional(RollColumns.Birth);
        if (Name is null)
        {
            if (IsOwner || LivesHere || IsDelegate || AwayGroup is not null || Business is not null || Phone is not null || birth is not null)
            {
                Bad(RollColumns.Name, "missing");
            }

            return;
        }

        if (Phone is not null && !(Phone.Count(char.IsAsciiDigit) is >= 7 and <= 15 && Phone.All(c => char.IsAsciiDigit(c) || c is '-' or ' ' or '+')))
        {
            Bad(RollColumns.Phone, "bad-phone", ("value", RollSheet.Short(Phone)));
            Phone = null;
        }

        Phone = Phone?.Replace(" ", "", StringComparison.Ordinal);
        if (birth is null)
        {
            Bad(RollColumns.Birth, "missing");
        }
        else if (!int.TryParse(birth, NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year < 1900 || year > thisYear)
        {
            Bad(RollColumns.Birth, "bad-year", ("value", RollSheet.Short(birth)), ("most", thisYear));
        }
        else
        {
            BirthYear = year;
        }

        if (LivesHere && AwayGroup is not null)
        {
            Bad(RollColumns.Away, "here-and-away");
        }

        if (IsDelegate && !IsMember)
        {
            Bad(RollColumns.Delegate, "delegate-elsewhere");
        }

        if (!IsOwner && !IsMember && Business is null)
        {
            Bad(RollColumns.Owner, "nothing-here");
        }
    }

    private void ReadUnit()
    {
        var area = Optional(RollColumns.Area);
        var kind = Optional(RollColumns.Kind);
        var source = Optional(RollColumns.Source);
        var state = Optional(RollColumns.State);
        Kind = OneOf(RollColumns.Kind, kind, RollColumns.KindOf) ?? Kind;
        Source = OneOf(RollColumns.Source, source, RollColumns.SourceOf) ?? Source;
        State = OneOf(RollColumns.State, state, RollColumns.StateOf) ?? State;
        if (area is null)
        {
            if (IsOwner || Name is null)
            {
                Bad(RollColumns.Area, "missing");
            }

            return;
        }

        AreaHundredths = AreaOf(area);
        if (source is null)
        {
            Bad(RollColumns.Source, "missing");
        }

        if (State == "Unsold" && IsOwner)
        {
            Bad(RollColumns.State, "unsold-with-owner");
        }
    }

    /// <summary>Square metres with at most two decimals, more than 0; a stand-in after a problem.</summary>
    private long AreaOf(string cell)
    {
        var plain = cell.Replace(",", "", StringComparison.Ordinal);
        foreach (var unit in (string[])["平方米", "㎡", "m²", "m2"])
        {
            plain = plain.EndsWith(unit, StringComparison.OrdinalIgnoreCase) ? plain[..^unit.Length].TrimEnd() : plain;
        }

        if (!decimal.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var area))
        {
            var isHuge = plain.Length > 20 && plain.All(c => char.IsAsciiDigit(c) || c == '.');
            Bad(RollColumns.Area, isHuge ? "area-too-large" : "area-not-a-number", ("value", RollSheet.Short(cell)), ("mostHundredths", RollSheet.MostAreaHundredths));
            return 1;
        }

        var code = area switch
        {
            < 0 => "area-negative",
            0 => "area-zero",
            > RollSheet.MostAreaHundredths / 100 => "area-too-large",
            _ when decimal.Round(area, 2) != area => "area-decimals",
            _ => null,
        };
        if (code is null)
        {
            return (long)(area * 100);
        }

        Bad(RollColumns.Area, code, ("value", RollSheet.Short(cell)), ("mostHundredths", RollSheet.MostAreaHundredths));
        return 1;
    }

    private string? OneOf(string column, string? cell, Func<string, string?> find)
    {
        if (cell is null)
        {
            return null;
        }

        var code = find(cell);
        if (code is null)
        {
            Bad(column, $"bad-{column}", ("value", RollSheet.Short(cell)));
        }

        return code;
    }

    private bool YesOrNo(string column)
    {
        var cell = Cell(column);
        var answer = RollColumns.YesOrNo(cell);
        if (answer is null)
        {
            Bad(column, "not-yes-or-no", ("value", RollSheet.Short(cell)));
        }

        return answer == true;
    }

    private string? Optional(string column) => Words(column, LongestName) is { Length: > 0 } text ? text : null;

    private string Words(string column, int longest)
    {
        var text = RollColumns.Narrow(Cell(column));
        if (text.Length <= longest)
        {
            return text;
        }

        Bad(column, "too-long", ("most", longest));
        return text[..longest];
    }

    private string Cell(string column) => columns.TryGetValue(column, out var at) ? row[at] : "";

    private bool Needed(string column, string text)
    {
        if (text.Length == 0)
        {
            Bad(column, "missing");
        }

        return text.Length > 0;
    }

    public void Bad(string column, string code, params (string Name, object? Value)[] values) => problems.Add(row.Number, column, code, values);
}
