using System.Text.Json;

namespace Deliberation.Domain.Ballots.Files;

/// <summary>
/// The JSON shapes: <c>{ballots:[{count, ranking}]}</c>, <c>{candidates, ballots:[{count, scores:[…]}]}</c>, <c>{scores:[{count, A:5}]}</c>,
/// <c>{options, votes:{"12-":37}}</c> (a rank digit per option), <c>{profile:[[0,3]], numCand, committeeSize}</c> (approvals),
/// <c>{budget, projects, ballots}</c>, <c>{starvoteFile}</c>; or a list of them.
/// </summary>
internal static class JsonBallotFile
{
    public static IReadOnlyList<BallotFile> Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Array ? [.. root.EnumerateArray().Select(ReadOne)] : [ReadOne(root)];
        }
        catch (JsonException exception)
        {
            throw new BallotFileException((int)(exception.LineNumber ?? -1) + 1, "not JSON: " + exception.Message);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException and not BallotFileException)
        {
            // What JsonElement throws for a member of another kind, one that is absent, a number out of range, or half a character.
            throw new BallotFileException(0, "the JSON has another shape than expected: " + exception.Message);
        }
    }

    /// <summary>Reads one election.</summary>
    /// <exception cref="BallotFileException">None of the known shapes.</exception>
    public static BallotFile ReadOne(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object) throw new BallotFileException(0, "expected a JSON object");
        var name = Text(root, "name") ?? Text(root, "title") ?? Text(root, "id");
        if (Text(root, "starvoteFile") is { } starvote) return StarvoteText.Read(starvote.ReplaceLineEndings("\n").Split('\n'));
        if (root.TryGetProperty("projects", out var projects)) return Budget(name, root, projects);
        if (root.TryGetProperty("profile", out var profile)) return Approvals(name, root, profile);
        if (root.TryGetProperty("votes", out var votes)) return RankStrings(name, root, votes);
        if (root.TryGetProperty("scores", out var scores)) return ScoreObjects(name, root, scores);
        if (!root.TryGetProperty("ballots", out var ballots)) throw new BallotFileException(0, "there are no ballots");
        return ballots.EnumerateArray().Any(b => b.TryGetProperty("scores", out _))
            ? ScoreLists(name, root, ballots)
            : Rankings(name, root, ballots);
    }

    private static BallotFile Rankings(string? name, JsonElement root, JsonElement ballots)
    {
        var declared = Strings(root, "candidates") ?? Strings(root, "options");
        var papers = new NamedPapers(declared ?? [], declared is null);
        foreach (var ballot in ballots.EnumerateArray()) papers.Add(Count(ballot), Tiers(ballot.GetProperty("ranking")), 0);
        var ranked = papers.ToPapers();
        return new() { Name = name, Options = ranked.Options, Ranked = ranked, Seats = Seats(root), LotOrder = ranked.Options };
    }

    /// <summary>A word whose letters are the options, or a list of options and of lists of equal ones.</summary>
    private static IEnumerable<List<string>> Tiers(JsonElement ranking) => ranking.ValueKind is JsonValueKind.String
        ? ranking.GetString()!.Select(c => new List<string> { c.ToString() })
        : ranking.EnumerateArray().Select(t => t.ValueKind is JsonValueKind.Array
            ? t.EnumerateArray().Select(Name).ToList()
            : [Name(t)]);

    private static BallotFile ScoreLists(string? name, JsonElement root, JsonElement ballots)
    {
        var options = Strings(root, "candidates") ?? throw new BallotFileException(0, "there are no candidates");
        var papers = ballots.EnumerateArray()
            .Select(b => new ScorePaper(Count(b), [.. b.GetProperty("scores").EnumerateArray().Select(s => s.GetInt32())])).ToList();
        return Scored(name, root, options, papers);
    }

    private static BallotFile ScoreObjects(string? name, JsonElement root, JsonElement scores)
    {
        var options = scores.EnumerateArray().SelectMany(p => p.EnumerateObject()).Select(p => p.Name)
            .Where(n => n != "count").Distinct(StringComparer.Ordinal).ToList();
        var papers = scores.EnumerateArray().Select(p => new ScorePaper(Count(p),
            [.. options.Select(o => p.TryGetProperty(o, out var score) ? score.GetInt32() : 0)])).ToList();
        return Scored(name, root, options, papers);
    }

    private static BallotFile Scored(string? name, JsonElement root, List<string> options, List<ScorePaper> papers)
    {
        var max = root.TryGetProperty("maxScore", out var given) ? (int)Within(given, 1, 1_000_000) : Score.DefaultMaxScore;
        if (papers.Exists(p => p.Scores.Count != options.Count)) throw new BallotFileException(0, $"a paper does not score all {options.Count} options");
        if (papers.Exists(p => p.Scores.Any(s => s < 0 || s > max))) throw new BallotFileException(0, $"a score is not from 0 to {max}");
        return new() { Name = name, Options = options, Scores = papers, MaxScore = max, LotOrder = options };
    }

    private static BallotFile RankStrings(string? name, JsonElement root, JsonElement votes)
    {
        var options = Strings(root, "options") ?? throw new BallotFileException(0, "there are no options");
        var papers = new List<RankedPaper>();
        foreach (var vote in votes.EnumerateObject())
        {
            if (vote.Name.Length != options.Count || vote.Name.Any(c => c != '-' && !char.IsAsciiDigit(c)))
                throw new BallotFileException(0, $"'{vote.Name}' is not a rank or - for each of {options.Count} options");
            papers.Add(RankedPaper.Of(Within(vote.Value, 1, Delimited.MaxPapers),
                vote.Name.Select((rank, option) => (rank, option)).Where(v => v.rank != '-').GroupBy(v => v.rank).OrderBy(g => g.Key)
                    .Select(g => g.Select(v => v.option).ToList()).ToList()));
        }

        return new() { Name = name, Options = options, Ranked = new(options, papers), LotOrder = options };
    }

    private static BallotFile Approvals(string? name, JsonElement root, JsonElement profile)
    {
        var options = Enumerable.Range(0, (int)Within(root.GetProperty("numCand"), 0, 10_000))
            .Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var papers = profile.EnumerateArray()
            .Select(p => RankedPaper.Of(1, [p.EnumerateArray().Select(c => c.GetInt32()).ToList()])).ToList();
        if (papers.Exists(p => p.Tiers.Any(t => t.Any(o => o < 0 || o >= options.Count)))) throw new BallotFileException(0, "a paper names no candidate");
        return new()
        {
            Name = name,
            Options = options,
            Seats = root.TryGetProperty("committeeSize", out var seats) ? (int)Within(seats, 1, 10_000) : null,
            Ranked = new(options, papers),
            LotOrder = options,
        };
    }

    /// <summary>Money is whole currency units: yuan, or thousands of them.</summary>
    private static BallotFile Budget(string? name, JsonElement root, JsonElement projects)
    {
        var list = projects.EnumerateObject().Select(p => new BudgetProject(p.Name, Within(p.Value, 1, Delimited.MaxUnits) * 100)).ToList();
        var known = list.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        if (known.Count < list.Count) throw new BallotFileException(0, "a project stands twice");
        var papers = root.GetProperty("ballots").EnumerateArray()
            .Select(b => BudgetPaper.Approve(b.EnumerateArray().Select(Name))).ToList();
        if (papers.SelectMany(p => p.Points.Keys).FirstOrDefault(p => !known.Contains(p)) is { } unknown)
            throw new BallotFileException(0, $"project '{unknown}' is not in projects");
        return new() { Name = name, Budget = new(Within(root.GetProperty("budget"), 0, Delimited.MaxUnits) * 100, list, papers) };
    }

    private static long Count(JsonElement paper) => paper.TryGetProperty("count", out var count) ? Within(count, 1, Delimited.MaxPapers) : 1;

    private static long Within(JsonElement number, long min, long max) => number.GetInt64() is var value && value >= min && value <= max
        ? value
        : throw new BallotFileException(0, $"{value} is not from {min} to {max}");

    private static int? Seats(JsonElement root) => root.TryGetProperty("seats", out var seats) ? (int)Within(seats, 1, 10_000) : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static List<string>? Strings(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? Delimited.Distinct(value.EnumerateArray().Select(Name)) : null;

    private static string Name(JsonElement value) => value.GetString() ?? throw new BallotFileException(0, "a name is null");
}

/// <summary>The text of a <c>.starvote</c> file: sections in brackets, <c>2 ballots:</c>, <c>Name = score</c>; a blank line ends a paper.</summary>
internal static class StarvoteText
{
    public static BallotFile Read(string[] lines)
    {
        var options = new List<string>();
        var papers = new List<(long Count, Dictionary<string, int> Scores)>();
        var isBallots = false;
        var repeat = 1L;
        Dictionary<string, int>? paper = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Split('#')[0].Trim();
            if (line.StartsWith('[')) isBallots = line.Equals("[ballots]", StringComparison.OrdinalIgnoreCase);
            else if (!isBallots) continue;
            else if (line.Length == 0) paper = null;
            else if (line.EndsWith(':'))
            {
                repeat = Delimited.Count(line.Split(' ')[0], i + 1);
                paper = null;
            }
            else
            {
                var equals = line.LastIndexOf('=');
                if (equals < 0) throw new BallotFileException(i + 1, "expected 'name = score'");
                var name = line[..equals].Trim();
                if (!options.Contains(name)) options.Add(name);
                if (paper is null)
                {
                    papers.Add((repeat, paper = new(StringComparer.Ordinal)));
                    repeat = 1; // the number stands before one paper
                }

                paper[name] = (int)Delimited.Integer(line[(equals + 1)..], i + 1, "score", 0, Score.DefaultMaxScore);
            }
        }

        if (papers.Count == 0) throw new BallotFileException(lines.Length, "there are no papers");
        return new()
        {
            Options = options,
            Scores = [.. papers.Select(p => new ScorePaper(p.Count, [.. options.Select(o => p.Scores.GetValueOrDefault(o))]))],
            LotOrder = options,
        };
    }
}
