using System.Text.RegularExpressions;

namespace Deliberation.Domain.Ballots.Files;

/// <summary>
/// <c>.blt</c>: candidates and seats, withdrawn candidates, papers, names, title. Extensions read: <c>[tie 3 2 1]</c>,
/// <c>[nick a b c]</c>, equal preferences joined with <c>=</c>, <c>#</c> comments, names without or with doubled quotes.
/// </summary>
internal static partial class BltFile
{
    public static BallotFile Read(string[] lines)
    {
        var at = 0;
        int[]? size = null;
        List<string> nicks = [];
        var lotOrder = new List<int>();
        var withdrawn = new HashSet<int>();
        var papers = new List<RankedPaper>();
        var isEnded = false;
        for (; at < lines.Length && !isEnded; at++)
        {
            var number = at + 1;
            var line = Comment().Replace(lines[at], "").Trim();
            if (line.Length == 0) continue;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (size is null)
            {
                if (words.Length != 2) throw new BallotFileException(number, "expected the number of candidates and of seats");
                size = [(int)Delimited.Integer(words[0], number, "candidates", 1, 10_000), (int)Delimited.Integer(words[1], number, "seats", 1, 10_000)];
                continue;
            }

            if (line.StartsWith('['))
            {
                var parts = line.Trim('[', ']').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (parts is ["nick", ..])
                {
                    nicks = [.. parts[1..]];
                    if (nicks.Count != size[0]) throw new BallotFileException(number, $"{size[0]} candidates but {nicks.Count} short names");
                }
                else if (parts is ["tie", ..]) lotOrder = [.. parts[1..].Select(p => Candidate(p, size[0], nicks, number))];
                else if (parts is ["withdrawn", ..]) withdrawn.UnionWith(parts[1..].Select(p => Candidate(p, size[0], nicks, number)));
                continue;
            }

            if (line.StartsWith('-'))
            {
                withdrawn.UnionWith(words.Select(w => Candidate(w.TrimStart('-'), size[0], nicks, number)));
                continue;
            }

            if (words is ["0"])
            {
                isEnded = true;
                continue;
            }

            papers.Add(Paper(words, size[0], nicks, withdrawn, number));
        }

        if (size is null || !isEnded) throw new BallotFileException(lines.Length, "the papers do not end with a line '0'");
        var names = Names(lines, at, size[0], out var title);
        var order = lotOrder.Where(c => !withdrawn.Contains(c)).Select(c => names[c]).ToList();
        return new()
        {
            Name = title,
            Options = names,
            Seats = size[1],
            Ranked = new(names, papers) { Withdrawn = withdrawn },
            LotOrder = order.Count > 0 ? order : names,
        };
    }

    private static RankedPaper Paper(string[] words, int candidates, List<string> nicks, HashSet<int> withdrawn, int number)
    {
        if (words[^1] != "0") throw new BallotFileException(number, "a paper ends with 0");
        var from = words[0].StartsWith('(') ? 1 : 0; // some programs write an id first
        var count = Delimited.Count(words[from], number);
        var tiers = words[(from + 1)..^1].Where(w => w != "-").Select(w =>
            w.Split('=').Select(c => Candidate(c, candidates, nicks, number)).Where(c => !withdrawn.Contains(c)));
        return RankedPaper.Of(count, tiers.Select(t => t.ToList()).ToList());
    }

    private static int Candidate(string word, int candidates, List<string> nicks, int line) =>
        nicks.IndexOf(word) is var nick and >= 0 ? nick : (int)Delimited.Integer(word, line, "candidate", 1, candidates) - 1;

    private static List<string> Names(string[] lines, int at, int candidates, out string? title)
    {
        var names = new List<string>();
        title = null;
        for (; at < lines.Length; at++)
        {
            if (string.IsNullOrWhiteSpace(lines[at])) continue;
            if (names.Count < candidates) names.Add(Unquote(lines[at]));
            else title ??= Unquote(lines[at]);
        }

        if (names.Count < candidates) throw new BallotFileException(lines.Length, $"{candidates} candidates but {names.Count} names");
        return Delimited.Distinct(names);
    }

    private static string Unquote(string line)
    {
        var text = line.Trim();
        if (text.Length >= 2 && text.StartsWith('"') && text.EndsWith('"')) text = text[1..^1];
        return text.Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"#.*$")]
    private static partial Regex Comment();
}
