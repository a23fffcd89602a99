using System.Globalization;

namespace Deliberation.Domain.Ballots.Files;

/// <summary>
/// Two dialects: one row per mark (<c>ballot_id,rank,choice</c>; <c>$UNDERVOTE</c> and <c>$OVERVOTE</c> are skipped), and one row per
/// ranking (first row candidates and seats, then count and candidate numbers, then the candidates, then the ward).
/// </summary>
internal static class CsvFile
{
    public static BallotFile Read(string[] lines)
    {
        var first = Delimited.Split(lines[0], ',', 1).ConvertAll(f => f.ToUpperInvariant());
        return first.Contains("BALLOT_ID") ? ReadMarks(lines, first) : ReadRankings(lines);
    }

    private static BallotFile ReadMarks(string[] lines, List<string> header)
    {
        var (id, rank, choice) = (Column("BALLOT_ID"), Column("RANK"), Column("CHOICE"));
        var marks = new Dictionary<string, List<(long Rank, string Choice)>>(StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            var fields = Delimited.Split(lines[i], ',', i + 1);
            if (fields.Count < header.Count) throw new BallotFileException(i + 1, $"expected {header.Count} fields");
            if (!marks.TryGetValue(fields[id], out var paper)) marks[fields[id]] = paper = [];
            var place = Delimited.Integer(fields[rank], i + 1, "rank", 1);
            if (fields[choice] is not ("" or "$UNDERVOTE" or "$OVERVOTE")) paper.Add((place, fields[choice]));
        }

        // Equal papers are counted together: the same result, far fewer of them.
        var options = marks.Values.SelectMany(m => m).Select(m => m.Choice).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var papers = new NamedPapers(options, false);
        foreach (var equal in marks.Values
            .Select(m => m.GroupBy(x => x.Rank).OrderBy(g => g.Key).Select(g => g.Select(x => x.Choice).ToList()).ToList())
            .GroupBy(tiers => string.Join('\n', tiers.Select(t => string.Join('\t', t))), StringComparer.Ordinal))
            papers.Add(equal.Count(), equal.First(), 0);
        var ranked = papers.ToPapers();
        return new() { Options = ranked.Options, Ranked = ranked, LotOrder = ranked.Options };

        int Column(string name) => header.IndexOf(name) is var at and >= 0
            ? at
            : throw new BallotFileException(1, $"there is no column '{name.ToLower(CultureInfo.InvariantCulture)}'");
    }

    private static BallotFile ReadRankings(string[] lines)
    {
        var size = Fields(0);
        if (size.Count != 2) throw new BallotFileException(1, "expected the number of candidates and of seats");
        var candidates = (int)Delimited.Integer(size[0], 1, "candidates", 1, 10_000);
        var papers = new List<RankedPaper>();
        var names = new List<string>();
        string? ward = null;
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            var fields = Fields(i);
            if (names.Count == 0 && fields[0] is [>= '0' and <= '9', ..])
            {
                var count = Delimited.Count(fields[0], i + 1);
                papers.Add(RankedPaper.Strict(count,
                    [.. fields.Skip(1).Select(f => (int)Delimited.Integer(f, i + 1, "candidate", 1, candidates) - 1)]));
            }
            else if (names.Count < candidates)
            {
                if (fields.Count < 2) throw new BallotFileException(i + 1, "expected a candidate's name");
                names.Add(fields[1]);
            }
            else ward = fields[0];
        }

        if (names.Count < candidates) throw new BallotFileException(lines.Length, $"{candidates} candidates but {names.Count} names");
        var options = Delimited.Distinct(names);
        return new()
        {
            Name = ward,
            Options = options,
            Seats = (int)Delimited.Integer(size[1], 1, "seats", 1, 10_000),
            Ranked = new(options, papers),
            LotOrder = options,
        };

        List<string> Fields(int at)
        {
            var fields = Delimited.Split(lines[at], ',', at + 1);
            while (fields.Count > 1 && fields[^1].Length == 0) fields.RemoveAt(fields.Count - 1);
            return fields;
        }
    }
}
