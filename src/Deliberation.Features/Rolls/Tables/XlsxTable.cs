using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Deliberation.Features.Rolls.Tables;

/// <summary>The one filled sheet of an .xlsx, read part by part as a stream: no formula, no hidden sheet, no more than fits in memory many times over.</summary>
/// <remarks>ECMA-376 part 1, 18.3 and 18.4. Names are matched without their namespace: the strict and the usual form differ in it only.</remarks>
internal static class XlsxTable
{
    /// <summary>Unpacked bytes of the whole archive; a roll of 20,000 rows needs half.</summary>
    private const long MostUnpacked = 32L << 20;

    private const int MostParts = 1_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MostUnpacked,
    };

    public static IReadOnlyList<TableRow> Read(byte[] content, RollProblems problems)
    {
        using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count > MostParts || archive.Entries.Sum(part => part.Length) > MostUnpacked)
        {
            problems.Add(0, "", "file-bomb");
            return [];
        }

        if (FindSheet(archive, problems) is not { } sheet)
        {
            return [];
        }

        return new SheetReader(SharedStrings(archive), problems).Read(sheet);
    }

    /// <summary>A part opened for reading.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    private static XmlReader Open(ZipArchive archive, string path) =>
        XmlReader.Create((archive.GetEntry(path) ?? throw new InvalidDataException($"No part {path}.")).Open(), WithClosing());

    private static XmlReaderSettings WithClosing()
    {
        var settings = Settings.Clone();
        settings.CloseInput = true;
        return settings;
    }

    /// <summary>The sheet with something on it. Two, or a hidden one, and nobody could say what was meant.</summary>
    private static ZipArchiveEntry? FindSheet(ZipArchive archive, RollProblems problems)
    {
        var filled = new List<(string Name, ZipArchiveEntry Part)>();
        var targets = Targets(archive);
        using var workbook = Open(archive, "xl/workbook.xml");
        while (workbook.Read())
        {
            if (workbook.NodeType != XmlNodeType.Element || workbook.LocalName != "sheet")
            {
                continue;
            }

            var name = workbook.GetAttribute("name") ?? "";
            var id = "";
            for (var i = 0; i < workbook.AttributeCount; i++)
            {
                workbook.MoveToAttribute(i);
                id = workbook.LocalName == "id" ? workbook.Value : id;
            }

            workbook.MoveToElement();
            if (!targets.TryGetValue(id, out var part))
            {
                throw new InvalidDataException("A sheet without its part.");
            }

            if (!HasCells(part))
            {
                continue;
            }

            if (workbook.GetAttribute("state") is { } state and not "visible")
            {
                problems.Add(0, "", "hidden-sheet", ("name", name));
            }

            filled.Add((name, part));
        }

        if (filled.Count > 1)
        {
            problems.Add(0, "", "several-sheets", ("names", string.Join(" · ", filled.Select(sheet => sheet.Name))));
        }

        return filled.Count == 1 && problems.Count == 0 ? filled[0].Part : null;
    }

    /// <summary>Parts of the workbook by the id of their relationship.</summary>
    private static Dictionary<string, ZipArchiveEntry> Targets(ZipArchive archive)
    {
        var targets = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        using var relations = Open(archive, "xl/_rels/workbook.xml.rels");
        while (relations.Read())
        {
            if (relations.NodeType == XmlNodeType.Element && relations.LocalName == "Relationship"
                && relations.GetAttribute("Id") is { } id && relations.GetAttribute("Target") is { } target
                && archive.GetEntry(target.StartsWith('/') ? target[1..] : "xl/" + target) is { } part)
            {
                targets[id] = part;
            }
        }

        return targets;
    }

    private static bool HasCells(ZipArchiveEntry part)
    {
        using var reader = XmlReader.Create(part.Open(), WithClosing());
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName is "v" or "is" or "f")
            {
                return true;
            }
        }

        return false;
    }

    private static List<string> SharedStrings(ZipArchive archive)
    {
        var strings = new List<string>();
        if (archive.GetEntry("xl/sharedStrings.xml") is null)
        {
            return strings;
        }

        using var reader = Open(archive, "xl/sharedStrings.xml");
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "si")
            {
                strings.Add(TextOf(reader));
            }
        }

        return strings;
    }

    /// <summary>The text of an element's runs; how it is pronounced is left out.</summary>
    private static string TextOf(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            return "";
        }

        var depth = reader.Depth;
        var text = new StringBuilder();
        var isSpoken = false;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.LocalName == "rPh" && !reader.IsEmptyElement)
            {
                isSpoken = reader.NodeType == XmlNodeType.Element;
            }
            else if (!isSpoken && reader.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.CDATA or XmlNodeType.Whitespace)
            {
                text.Append(reader.Value);
            }
        }

        return text.ToString();
    }

    private sealed class SheetReader(List<string> strings, RollProblems problems)
    {
        private readonly List<TableRow> _rows = [];

        public List<TableRow> Read(ZipArchiveEntry part)
        {
            using var reader = XmlReader.Create(part.Open(), WithClosing());
            var row = 0;
            var column = -1;
            var cells = new List<string>();
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                switch (reader.LocalName)
                {
                    case "row":
                        if (!EndRow(row, cells))
                        {
                            return _rows;
                        }

                        row = reader.GetAttribute("r") is not { } number ? row + 1
                            : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var named) ? named
                            : throw new InvalidDataException("A row without a number.");
                        column = -1;
                        break;
                    case "c" when !reader.IsEmptyElement:
                        column = reader.GetAttribute("r") is { } place ? ColumnOf(place) : column + 1;
                        var text = Cell(reader, row, column);
                        if (text.Length == 0)
                        {
                            break;
                        }

                        if (column >= TableFile.MostColumns)
                        {
                            problems.Add(row, TableFile.Letters(column), "too-many-columns", ("most", TableFile.MostColumns));
                            return [];
                        }

                        while (cells.Count <= column)
                        {
                            cells.Add("");
                        }

                        cells[column] = text;
                        break;
                    case "c":
                        column = reader.GetAttribute("r") is { } empty ? ColumnOf(empty) : column + 1;
                        break;
                }
            }

            EndRow(row, cells);
            return _rows;
        }

        /// <returns>False when there are too many.</returns>
        private bool EndRow(int row, List<string> cells)
        {
            if (cells.Count > 0)
            {
                _rows.Add(new TableRow(row, [.. cells]));
                cells.Clear();
            }

            if (_rows.Count <= TableFile.MostRows + 1)
            {
                return true;
            }

            problems.Add(row, "", "too-many-rows", ("most", TableFile.MostRows));
            return false;
        }

        private string Cell(XmlReader reader, int row, int column)
        {
            var (type, depth, text, hasFormula) = (reader.GetAttribute("t"), reader.Depth, "", false);
            while (reader.Read() && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                hasFormula |= reader.LocalName == "f";
                if (reader.LocalName is "v" or "is")
                {
                    text = TextOf(reader);
                }
            }

            if (hasFormula)
            {
                problems.Add(row, TableFile.Letters(column), "formula");
                return "";
            }

            text = type switch
            {
                "s" => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < strings.Count
                    ? strings[index]
                    : throw new InvalidDataException("A shared text that is not there."),
                "b" => text == "1" ? "1" : "0",
                null or "n" => Plain(text),
                _ => text,
            };
            text = text.Trim();
            if (type == "e")
            {
                problems.Add(row, TableFile.Letters(column), "cell-error", ("value", text.Length > 20 ? text[..20] : text));
                return "";
            }

            if (text.Length > TableFile.LongestCell)
            {
                problems.Add(row, TableFile.Letters(column), "cell-too-long", ("most", TableFile.LongestCell));
                return "";
            }

            return text;
        }

        /// <summary>A number as people typed it: files say 89.650000000000006 for 89.65 and 1.3812345678E10 for a telephone number.</summary>
        private static string Plain(string number) =>
            double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < 1e15
                ? ((decimal)value).ToString("0.##########", CultureInfo.InvariantCulture)
                : number;

        /// <summary>BC12 → 54; beyond all columns when it makes no sense.</summary>
        private static int ColumnOf(string place)
        {
            var column = 0;
            foreach (var c in place.TakeWhile(char.IsAsciiLetterUpper).Take(3))
            {
                column = (column * 26) + (c - 'A' + 1);
            }

            return column == 0 ? throw new InvalidDataException("A cell without a place.") : column - 1;
        }
    }
}
