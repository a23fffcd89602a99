namespace Deliberation.Domain.Ballots.Files;

/// <summary>Pabulib's <c>.pb</c>: sections META, PROJECTS, VOTES, fields separated by semicolons.</summary>
internal static class PabulibFile
{
    public static BallotFile Read(string[] lines)
    {
        var meta = new Dictionary<string, string>(StringComparer.Ordinal);
        var projects = new Dictionary<string, BudgetProject>(StringComparer.Ordinal);
        var papers = new List<BudgetPaper>();
        var section = "";
        List<string>? header = null;
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            if (lines[i].Trim() is "META" or "PROJECTS" or "VOTES")
            {
                section = lines[i].Trim();
                header = null;
                continue;
            }

            if (section.Length == 0) throw new BallotFileException(i + 1, "the file does not start with META");
            var fields = Delimited.Split(lines[i], ';', i + 1);
            if (header is null)
            {
                header = fields;
                continue;
            }

            if (section == "META") meta[fields[0]] = fields.Count > 1 ? fields[1] : "";
            else if (section == "PROJECTS") AddProject(fields, header, projects, i + 1);
            else papers.Add(Paper(fields, header, projects, meta, i + 1));
        }

        if (!meta.TryGetValue("budget", out var budget)) throw new BallotFileException(0, "META has no budget");
        CheckNumber(meta, "num_projects", projects.Count);
        CheckNumber(meta, "num_votes", papers.Count);
        return new()
        {
            Name = meta.GetValueOrDefault("description"),
            Budget = new(Delimited.Hundredths(budget, 0, "budget"), [.. projects.Values], papers),
        };
    }

    private static void AddProject(List<string> fields, List<string> header, Dictionary<string, BudgetProject> projects, int line)
    {
        var id = Field(fields, header, "project_id", line);
        var cost = Delimited.Hundredths(Field(fields, header, "cost", line), line, "cost");
        if (cost == 0) throw new BallotFileException(line, $"project '{id}' costs nothing");
        if (!projects.TryAdd(id, new(id, cost))) throw new BallotFileException(line, $"project '{id}' stands twice");
    }

    /// <summary>Points where given; else one each for approval, and for rankings as many as places are left.</summary>
    private static BudgetPaper Paper(
        List<string> fields, List<string> header, Dictionary<string, BudgetProject> projects, Dictionary<string, string> meta, int line)
    {
        var named = Field(fields, header, "vote", line).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var given = header.IndexOf("points") is var at and >= 0 && at < fields.Count
            ? fields[at].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
        if (given.Length > 0 && given.Length != named.Length)
            throw new BallotFileException(line, $"{named.Length} projects but {given.Length} points");
        var isRanking = meta.GetValueOrDefault("vote_type") == "ordinal";
        var points = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < named.Length; i++)
        {
            if (!projects.ContainsKey(named[i])) throw new BallotFileException(line, $"project '{named[i]}' is not in PROJECTS");
            points[named[i]] = given.Length > 0 ? Delimited.Integer(given[i], line, "points", 0, 1_000_000) : isRanking ? named.Length - i : 1;
        }

        return new(points);
    }

    private static string Field(List<string> fields, List<string> header, string name, int line)
    {
        var at = header.IndexOf(name);
        if (at < 0) throw new BallotFileException(line, $"there is no column '{name}'");
        return at < fields.Count ? fields[at] : throw new BallotFileException(line, $"the line ends before column '{name}'");
    }

    private static void CheckNumber(Dictionary<string, string> meta, string key, int actual)
    {
        if (meta.TryGetValue(key, out var said) && Delimited.Integer(said, 0, key) != actual)
            throw new BallotFileException(0, $"{key} says {said}, the file has {actual}");
    }
}
