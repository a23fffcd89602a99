using System.Text.RegularExpressions;

namespace Deliberation.Domain.Ballots.Files;

/// <summary>Collects papers that name options by text; options not declared are added as they appear.</summary>
internal sealed class NamedPapers(IEnumerable<string> declared, bool mayAdd)
{
    private readonly List<string> _options = [.. declared];
    private readonly Dictionary<string, int> _index = declared.Select((o, i) => (o, i)).ToDictionary(o => o.o, o => o.i, StringComparer.Ordinal);
    private readonly List<RankedPaper> _papers = [];

    public void Add(long count, IEnumerable<IEnumerable<string>> tiers, int line) =>
        _papers.Add(RankedPaper.Of(count, tiers.Select(t => t.Select(o => IndexOf(o, line)).ToList()).ToList()));

    public void Declare(string option, int line) => IndexOf(option, line, mayDeclare: true);

    public RankedPapers ToPapers() => new(_options, _papers);

    private int IndexOf(string option, int line, bool mayDeclare = false)
    {
        if (_index.TryGetValue(option, out var at)) return at;
        if (!mayAdd && !mayDeclare) throw new BallotFileException(line, $"'{option}' is not an option");
        _options.Add(option);
        return _index[option] = _options.Count - 1;
    }
}

/// <summary>Condorcet Election Format, <c>.cvotes</c>: <c>tag || A &gt; B = C ^ weight * count</c>, parameters in <c>#/</c> lines.</summary>
internal static class CondorcetFile
{
    public static BallotFile Read(string[] lines)
    {
        NamedPapers? papers = null;
        int? seats = null;
        var mayWeigh = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith("#/", StringComparison.Ordinal))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0) throw new BallotFileException(i + 1, "a parameter needs a colon");
                var value = line[(colon + 1)..].Trim();
                switch (line[2..colon].Trim().ToUpperInvariant())
                {
                    case "CANDIDATES":
                        papers = new(Delimited.Distinct(value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), false);
                        break;
                    case "NUMBER OF SEATS":
                        seats = (int)Delimited.Integer(value, i + 1, "seats", 1, 10_000);
                        break;
                    case "WEIGHT ALLOWED":
                        mayWeigh = bool.TryParse(value, out var weigh) && weigh;
                        break;
                }

                continue;
            }

            line = line.Split('#')[0].Trim();
            if (line.Length == 0) continue;
            papers ??= new([], true);
            if (line.IndexOf("||", StringComparison.Ordinal) is var tag and >= 0) line = line[(tag + 2)..];
            var count = Take(ref line, '*', i + 1);
            var weight = Take(ref line, '^', i + 1);
            line = line.Trim();
            var tiers = line is "" or "/EMPTY_RANKING/" ? [] : line.Split('>').Select(t => Names(t, i + 1));
            papers.Add(count * (mayWeigh ? weight : 1), tiers, i + 1);
        }

        var ranked = (papers ?? throw new BallotFileException(lines.Length, "there are no papers")).ToPapers();
        return new() { Options = ranked.Options, Seats = seats, Ranked = ranked, LotOrder = ranked.Options };
    }

    private static string[] Names(string tier, int line)
    {
        var names = tier.Split('=', StringSplitOptions.TrimEntries);
        return names.Any(n => n.Length == 0) ? throw new BallotFileException(line, "a place in the ranking is empty") : names;
    }

    /// <summary>Cuts the number behind a sign off the line; 1 when the sign is absent.</summary>
    private static long Take(ref string line, char sign, int number)
    {
        var at = line.LastIndexOf(sign);
        if (at < 0) return 1;
        var value = Delimited.Integer(line[(at + 1)..], number, $"number after '{sign}'", 1, 100_000);
        line = line[..at];
        return value;
    }
}

/// <summary><c>.abif</c>: <c>840:Wright</c>, <c>355:Kiss&gt;Montroll=Smith</c>, <c>27:[Some Name]/5,B/3</c>; <c>=Kiss:[Bob Kiss]</c> declares.</summary>
internal static partial class AbifFile
{
    public static BallotFile Read(string[] lines)
    {
        var papers = new NamedPapers([], true);
        var scored = new List<(long Count, Dictionary<string, int> Scores)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = Comment().Replace(lines[i], "").Trim();
            if (line.Length == 0 || line.StartsWith('{')) continue;
            if (line.StartsWith('='))
            {
                var name = line[1..].Split(':')[0].Trim().Trim('[', ']');
                papers.Declare(name, i + 1);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) throw new BallotFileException(i + 1, "expected 'count:ranking'");
            var count = Delimited.Count(line[..colon], i + 1);
            var tiers = new List<List<string>>();
            var scores = new Dictionary<string, int>(StringComparer.Ordinal);
            var separator = '>';
            foreach (Match match in Token().Matches(line[(colon + 1)..]))
            {
                if (match.Groups["sign"].Success)
                {
                    separator = match.Value[0];
                    continue;
                }

                var name = match.Groups["name"].Value.Trim().Trim('[', ']');
                if (name.Length == 0) continue;
                if (match.Groups["score"].Success) scores[name] = (int)Delimited.Integer(match.Groups["score"].Value, i + 1, "score", 0, 1_000_000);
                if (separator == '>' || tiers.Count == 0) tiers.Add([]);
                tiers[^1].Add(name);
            }

            if (scores.Count > 0)
            {
                scored.Add((count, scores));
                tiers = [.. tiers.SelectMany(t => t).GroupBy(n => scores.GetValueOrDefault(n)).OrderByDescending(g => g.Key).Select(g => g.ToList())];
            }

            papers.Add(count, tiers, i + 1);
        }

        var ranked = papers.ToPapers();
        if (ranked.Papers.Count == 0) throw new BallotFileException(lines.Length, "there are no papers");
        return new()
        {
            Options = ranked.Options,
            Ranked = ranked,
            LotOrder = ranked.Options,
            Scores = scored.Count == 0 ? null
                : [.. scored.Select(s => new ScorePaper(s.Count, [.. ranked.Options.Select(o => s.Scores.GetValueOrDefault(o))]))],
            MaxScore = scored.Count == 0 ? Score.DefaultMaxScore : scored.Max(s => s.Scores.Values.Max()),
        };
    }

    [GeneratedRegex(@"(?<sign>[>=,])|(?<name>\[[^\]]*\]|[^>=,/\[]+)(/(?<score>[^>=,]+))?")]
    private static partial Regex Token();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();
}

/// <summary>PrefLib: <c>60: 3,1,{2,4}</c>; in categorical files the tiers are the categories, the first one approved.</summary>
internal static partial class PrefLibFile
{
    public static BallotFile Read(string[] lines, bool isCategorical)
    {
        var names = new SortedDictionary<int, string>();
        var papers = new List<RankedPaper>();
        string? title = null;
        var voters = -1L;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0) continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) throw new BallotFileException(i + 1, "expected a colon");
            var value = line[(colon + 1)..].Trim();
            if (line.StartsWith('#'))
            {
                var key = line[1..colon].Trim();
                if (key.StartsWith("ALTERNATIVE NAME ", StringComparison.Ordinal))
                    names[(int)Delimited.Integer(key["ALTERNATIVE NAME ".Length..], i + 1, "alternative", 1, 100_000)] = value;
                else if (key == "TITLE") title = value;
                else if (key == "NUMBER VOTERS") voters = Delimited.Integer(value, i + 1, "number of voters");
                continue;
            }

            var count = Delimited.Count(line[..colon], i + 1);
            papers.Add(RankedPaper.Of(count, [.. Tier().Matches(value).Select(m => (m.Groups["tied"].Success ? m.Groups["tied"].Value : m.Value)
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(a => (int)Delimited.Integer(a, i + 1, "alternative", 1, names.Count) - 1).ToList())]));
        }

        if (names.Count == 0) throw new BallotFileException(lines.Length, "no alternative is named");
        if (voters >= 0 && papers.Sum(p => p.Count) != voters)
            throw new BallotFileException(0, $"NUMBER VOTERS says {voters}, the file has {papers.Sum(p => p.Count)}");
        var options = Delimited.Distinct(names.Values);
        return new()
        {
            Name = title,
            Options = options,
            Ranked = new(options, papers),
            ApprovedTiers = isCategorical ? 1 : null,
            LotOrder = options,
        };
    }

    [GeneratedRegex(@"\{(?<tied>[^}]*)\}|[^,{}\s]+")]
    private static partial Regex Tier();
}
