using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>The number of one paper (票号): ballot, paper and a check digit, figures only, so that a scanner, a number pad and a voice can give it.</summary>
/// <remarks>The check digit is Damm's: it finds every figure misread and every two neighbours swapped. It is no secret; whether a paper was issued, the register says.</remarks>
public static class PaperSerial
{
    private const int Shortest = 8;
    private const int Longest = 14;

    private static readonly byte[][] Table =
    [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2], [7, 0, 9, 2, 1, 5, 4, 8, 6, 3], [4, 2, 0, 6, 8, 7, 1, 3, 5, 9], [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8], [3, 6, 7, 4, 2, 0, 9, 5, 8, 1], [5, 8, 6, 9, 7, 2, 0, 1, 3, 4], [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5], [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];

    /// <param name="ballot">The ballot's number within its community, 1 or more.</param>
    /// <param name="paper">The paper's within the ballot, 1 or more.</param>
    public static string Of(int ballot, int paper)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ballot, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(paper, 1);
        var figures = string.Create(CultureInfo.InvariantCulture, $"{ballot:000}{paper:0000}");
        return $"{figures}{Check(figures)}";
    }

    /// <summary>A serial as typed or scanned: blanks and dashes ignored, full-width figures read as figures.</summary>
    /// <returns>Null when it is no serial or its check digit is wrong.</returns>
    public static string? TryParse(string? typed)
    {
        var figures = string.Concat((typed ?? "").Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '－' or '—')).Select(c => c is >= '０' and <= '９' ? (char)(c - '０' + '0') : c));
        return figures.Length is >= Shortest and <= Longest && figures.All(char.IsAsciiDigit) && Check(figures) == 0 ? figures : null;
    }

    /// <summary>As printed: <c>013-0047-2</c>.</summary>
    public static string Format(string serial) => $"{serial[..^5]}-{serial[^5..^1]}-{serial[^1]}";

    /// <summary>0 for figures that end with their own check digit.</summary>
    private static int Check(string figures) => figures.Aggregate(0, (interim, figure) => Table[interim][figure - '0']);
}
