using System.Globalization;
using System.Text;

namespace Deliberation.Domain.Ballots.Files;

/// <summary>Fields and numbers of text files.</summary>
internal static class Delimited
{
    /// <summary>Splits a line; a field in quotes may hold the delimiter, a doubled quote is one quote.</summary>
    /// <exception cref="BallotFileException">A quote is not closed.</exception>
    public static List<string> Split(string line, char delimiter, int number)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (isQuoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[++i]);
            else if (isQuoted && c == '"') isQuoted = false;
            else if (!isQuoted && c == '"' && string.IsNullOrWhiteSpace(field.ToString())) isQuoted = true;
            else if (!isQuoted && c == delimiter)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else field.Append(c);
        }

        if (isQuoted) throw new BallotFileException(number, "a quote is not closed");
        fields.Add(field.ToString().Trim());
        return fields;
    }

    /// <summary>Largest amount of money, in currency units.</summary>
    public const long MaxUnits = 1_000_000_000_000;

    /// <exception cref="BallotFileException">Not a whole number in range.</exception>
    public static long Integer(string text, int line, string what, long min = 0, long max = long.MaxValue) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new BallotFileException(line, $"{what} '{text.Trim()}' is not a whole number from {min}{(max == long.MaxValue ? "" : $" to {max}")}");

    /// <summary>How many papers say the same: 1 to <see cref="MaxPapers"/>.</summary>
    public static long Count(string text, int line) => Integer(text, line, "number of papers", 1, MaxPapers);

    /// <summary>More papers than any election has; keeps every sum of a count within its bounds.</summary>
    public const long MaxPapers = 1_000_000_000;

    /// <summary>Money with at most two decimals (a comma is read as the decimal point), in hundredths.</summary>
    /// <exception cref="BallotFileException">Not such a number.</exception>
    public static long Hundredths(string text, int line, string what)
    {
        if (decimal.TryParse(text.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value <= MaxUnits && decimal.Truncate(value * 100) == value * 100)
            return (long)(value * 100);
        throw new BallotFileException(line, $"{what} '{text.Trim()}' is not an amount with at most two decimals");
    }

    /// <summary>Names without repetition: a second one of the same name gets its number.</summary>
    public static List<string> Distinct(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        foreach (var name in names)
        {
            var unique = name;
            for (var n = 2; !seen.Add(unique); n++) unique = string.Create(CultureInfo.InvariantCulture, $"{name} ({n})");
            result.Add(unique);
        }

        return result;
    }
}
