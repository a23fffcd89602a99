using System.Text.Json.Nodes;
using Deliberation.Features.Rolls;
using Deliberation.Web.Language;
using Microsoft.AspNetCore.WebUtilities;

namespace Deliberation.Web.Parts;

public static class TableTypes
{
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

/// <summary>Addresses of doors on the roll desk: doors may hold any sign.</summary>
public static class DoorAddresses
{
    public static string Of(string building, string door) =>
        QueryHelpers.AddQueryString("/staff/roll/door", [KeyValuePair.Create("building", (string?)building), KeyValuePair.Create("door", (string?)door)]);
}

/// <summary>The roll in words.</summary>
public static class RollWords
{
    /// <summary>Where a problem stands: row and column as the spreadsheet shows them.</summary>
    public static string Place(this ITexts texts, RollProblem problem)
    {
        var column = problem.Column.Length == 0 ? "" : texts.Has($"roll.column.{problem.Column}") ? texts[$"roll.column.{problem.Column}"] : texts.Get("roll.column-letter", new { letter = problem.Column });
        return problem.Row == 0 ? texts["roll.whole-file"]
            : column.Length == 0 ? texts.Get("roll.row", new { row = problem.Row })
            : texts.Get("roll.row-column", new { row = problem.Row, column });
    }

    public static string Problem(this ITexts texts, RollProblem problem) => texts.Get($"roll.problem.{problem.Code}", problem.Values);

    /// <summary>A value of a column as people read it.</summary>
    public static string Value(this ITexts texts, string column, string value) =>
        value.Length == 0 ? texts["roll.nothing"]
        : column == RollColumns.Area && long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var hundredths) ? texts.Format.Area(hundredths)
        : texts.Has($"roll.{column}.{value}") ? texts[$"roll.{column}.{value}"]
        : value;

    public static string Change(this ITexts texts, RollValueChange change) => texts.Get(
        "roll.was-now", new { column = texts[$"roll.column.{change.Column}"], was = texts.Value(change.Column, change.Was), now = texts.Value(change.Column, change.Now) });

    /// <summary>Changes kept in a door's history.</summary>
    public static IEnumerable<string> Changes(this ITexts texts, JsonObject details) => details
        .Where(detail => detail.Value is JsonObject)
        .Select(detail => texts.Change(new RollValueChange(detail.Key, detail.Value!["was"]?.ToString() ?? "", detail.Value["now"]?.ToString() ?? "")));
}
