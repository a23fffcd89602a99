using System.Buffers;
using System.Text;

namespace Deliberation.Features.Rolls.Tables;

/// <summary>Text with commas, semicolons or tabs, as in RFC 4180: quotes doubled, line breaks inside quotes, any line ending.</summary>
internal static class CsvTable
{
    private static readonly SearchValues<char> Quotable = SearchValues.Create(",;\t\"\r\n");

    /// <summary>A cell that a spreadsheet would take for a formula.</summary>
    public static bool LooksLikeFormula(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r';

    /// <summary>A cell for a file that people open in a spreadsheet: never a formula, quoted where it must be.</summary>
    public static string Cell(string text)
    {
        var safe = LooksLikeFormula(text) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Quotable) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    /// <summary>A file with the mark that makes Excel read UTF-8.</summary>
    public static byte[] Write(IEnumerable<IReadOnlyList<string>> rows) =>
        [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => string.Join(',', row.Select(Cell)) + "\r\n")))];

    public static IReadOnlyList<TableRow> Read(byte[] content, RollProblems problems)
    {
        if (TextBytes.Decode(content, problems) is not { } text)
        {
            return [];
        }

        var start = 0;
        var separator = Separator(text);
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 4)
        {
            (separator, start) = (text[4], text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end + 1 : text.Length); // Excel's own line
        }

        return new Reader(text, start, separator, problems).Rows();
    }

    /// <summary>The one that stands most often in the first line, outside quotes.</summary>
    private static char Separator(string text)
    {
        Span<int> counts = stackalloc int[3];
        var isQuoted = false;
        foreach (var c in text)
        {
            isQuoted ^= c == '"';
            if (isQuoted)
            {
                continue;
            }

            if (c is '\n' or '\r' && counts.ContainsAnyExcept(0))
            {
                break;
            }

            if (",;\t".IndexOf(c, StringComparison.Ordinal) is >= 0 and var which)
            {
                counts[which]++;
            }
        }

        return counts[1] > counts[0] && counts[1] >= counts[2] ? ';' : counts[2] > counts[0] ? '\t' : ',';
    }

    private sealed class Reader(string text, int start, char separator, RollProblems problems)
    {
        private readonly List<TableRow> _rows = [];
        private readonly List<string> _cells = [];
        private readonly StringBuilder _cell = new();
        private int _at = start;
        private int _row = start > 0 ? 2 : 1; // the line sep= is a row of the sheet too

        public List<TableRow> Rows()
        {
            while (_at < text.Length && _rows.Count <= TableFile.MostRows + 1)
            {
                if (!ReadCell())
                {
                    return [];
                }
            }

            EndRow();
            if (_rows.Count > TableFile.MostRows + 1)
            {
                problems.Add(_rows[^1].Number, "", "too-many-rows", ("most", TableFile.MostRows));
            }

            return _rows;
        }

        /// <returns>False when the rest of the file makes no sense.</returns>
        private bool ReadCell()
        {
            if (text[_at] == '"' && _cell.Length == 0)
            {
                var close = Unquote();
                if (close < 0)
                {
                    problems.Add(_row, TableFile.Letters(_cells.Count), "quote-not-closed");
                    return false;
                }

                _at = close + 1;
                if (_at < text.Length && text[_at] != separator && text[_at] is not ('\r' or '\n'))
                {
                    problems.Add(_row, TableFile.Letters(_cells.Count), "quote-broken");
                }
            }

            while (_at < text.Length && text[_at] != separator && text[_at] is not ('\r' or '\n'))
            {
                _cell.Append(text[_at++]);
            }

            EndCell();
            if (_cells.Count > TableFile.MostColumns)
            {
                problems.Add(_row, "", "too-many-columns", ("most", TableFile.MostColumns));
                return false;
            }

            if (_at >= text.Length)
            {
                return true;
            }

            if (text[_at] == separator)
            {
                _at++;
                if (_at >= text.Length)
                {
                    EndCell();
                }

                return true;
            }

            _at += text[_at] == '\r' && _at + 1 < text.Length && text[_at + 1] == '\n' ? 2 : 1;
            EndRow();
            return true;
        }

        /// <returns>Where the closing quote stands; -1 when there is none.</returns>
        private int Unquote()
        {
            for (var i = _at + 1; i < text.Length; i++)
            {
                if (text[i] != '"')
                {
                    _cell.Append(text[i]);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    _cell.Append('"');
                    i++;
                }
                else
                {
                    return i;
                }
            }

            return -1;
        }

        private void EndCell()
        {
            var cell = _cell.ToString().Trim();
            _cell.Clear();
            if (cell.Length > TableFile.LongestCell)
            {
                problems.Add(_row, TableFile.Letters(_cells.Count), "cell-too-long", ("most", TableFile.LongestCell));
                cell = "";
            }
            else if (cell.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            {
                problems.Add(_row, TableFile.Letters(_cells.Count), "control-character");
                cell = "";
            }

            _cells.Add(cell.Length > 1 && cell[0] == '\'' && LooksLikeFormula(cell[1..]) ? cell[1..] : cell); // our own exports, read again
        }

        private void EndRow()
        {
            if (_cells.Any(cell => cell.Length > 0))
            {
                _rows.Add(new TableRow(_row, [.. _cells]));
            }

            _cells.Clear();
            _row++;
        }
    }
}
