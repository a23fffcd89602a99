using System.Xml;

namespace Deliberation.Features.Rolls.Tables;

/// <param name="Number">Row as a spreadsheet counts it, from 1.</param>
/// <param name="Cells">By column; cells after the last filled one are left out.</param>
internal sealed record TableRow(int Number, IReadOnlyList<string> Cells)
{
    public string this[int column] => column >= 0 && column < Cells.Count ? Cells[column] : "";
}

/// <summary>An uploaded table as rows of text: .xlsx, or text with commas, semicolons or tabs. Whatever the bytes are, it ends with rows or with a located problem.</summary>
internal static class TableFile
{
    public const int MostBytes = 8 << 20;

    /// <summary>Without the headings.</summary>
    public const int MostRows = 20_000;

    public const int MostColumns = 60;

    public const int LongestCell = 500;

    /// <summary>Filled rows, the headings among them; empty when the file cannot be read.</summary>
    public static IReadOnlyList<TableRow> Read(byte[] content, RollProblems problems)
    {
        if (content.Length == 0)
        {
            problems.Add(0, "", "file-empty");
            return [];
        }

        if (content.Length > MostBytes)
        {
            problems.Add(0, "", "file-too-large", ("most", MostBytes >> 20));
            return [];
        }

        try
        {
            var rows = content switch
            {
                [0xD0, 0xCF, 0x11, 0xE0, ..] => Refuse(problems, "file-locked"), // Office's old container: a password, or Excel before 2007
                [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => XlsxTable.Read(content, problems),
                _ => CsvTable.Read(content, problems),
            };
            if (rows.Count == 0 && problems.Count == 0)
            {
                problems.Add(0, "", "file-empty");
            }

            return rows;
        }
        catch (Exception broken) when (broken is InvalidDataException or XmlException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            return Refuse(problems, "file-broken"); // a damaged archive says so in any of these
        }
    }

    /// <summary>Letters of a column: 0 = A, 26 = AA.</summary>
    public static string Letters(int column) => column < 26 ? $"{(char)('A' + column)}" : Letters((column / 26) - 1) + (char)('A' + (column % 26));

    private static IReadOnlyList<TableRow> Refuse(RollProblems problems, string code)
    {
        problems.Add(0, "", code);
        return [];
    }
}
