namespace Deliberation.Domain.Ballots.Files;

/// <summary>A ballot file that cannot be read: says where and why.</summary>
/// <param name="line">First line is 1; 0 when the file as a whole is at fault.</param>
public sealed class BallotFileException(int line, string message)
    : FormatException(line > 0 ? $"line {line}: {message}" : message)
{
    public int Line { get; } = line;
}

/// <summary>Papers of one election as a file carries them. One of the three kinds of papers is filled.</summary>
public sealed record BallotFile
{
    /// <summary>Title or id; null when the file has none.</summary>
    public string? Name { get; init; }

    /// <summary>Candidates or options in the order of the file. Empty for a budget.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Seats the file asks for; null when it does not say.</summary>
    public int? Seats { get; init; }

    /// <summary>Ranked (or approval) papers; null when the file carries another kind.</summary>
    public RankedPapers? Ranked { get; init; }

    /// <summary>How many tiers of a paper are approved; null = all that are named.</summary>
    public int? ApprovedTiers { get; init; }

    /// <summary>Scored papers; null when the file carries another kind.</summary>
    public IReadOnlyList<ScorePaper>? Scores { get; init; }

    public int MaxScore { get; init; } = Score.DefaultMaxScore;

    /// <summary>A budget vote; null when the file carries another kind.</summary>
    public BudgetFile? Budget { get; init; }

    /// <summary>The order a lot was drawn in; the order of the file where it does not say.</summary>
    public IReadOnlyList<string> LotOrder { get; init; } = [];
}

/// <summary>Projects and papers of a budget vote.</summary>
/// <param name="BudgetFen">In hundredths of the file's currency.</param>
public sealed record BudgetFile(long BudgetFen, IReadOnlyList<BudgetProject> Projects, IReadOnlyList<BudgetPaper> Papers);

/// <summary>The import doors.</summary>
public static class BallotFiles
{
    /// <summary>Endings that are read.</summary>
    public static IReadOnlyList<string> Endings { get; } =
        [".pb", ".blt", ".cvotes", ".abif", ".soc", ".soi", ".toc", ".toi", ".cat", ".csv", ".json"];

    /// <summary>Reads a file by the ending of its name. JSON may hold several elections, every other format one.</summary>
    /// <exception cref="BallotFileException">The text does not have the shape its name promises.</exception>
    public static IReadOnlyList<BallotFile> Read(string fileName, string text)
    {
        var lines = Lines(text);
        var files = ReadAny(fileName, text, lines);
        foreach (var file in files)
        {
            if (file.Ranked?.Total > Delimited.MaxPapers || file.Scores?.Sum(p => p.Count) > Delimited.MaxPapers)
                throw new BallotFileException(0, $"more than {Delimited.MaxPapers} papers");
        }

        return files;
    }

    private static IReadOnlyList<BallotFile> ReadAny(string fileName, string text, string[] lines) =>
        Path.GetExtension(fileName).ToUpperInvariant() switch
        {
            ".PB" => [PabulibFile.Read(lines)],
            ".BLT" => [BltFile.Read(lines)],
            ".CVOTES" => [CondorcetFile.Read(lines)],
            ".ABIF" => [AbifFile.Read(lines)],
            ".SOC" or ".SOI" or ".TOC" or ".TOI" => [PrefLibFile.Read(lines, isCategorical: false)],
            ".CAT" => [PrefLibFile.Read(lines, isCategorical: true)],
            ".CSV" => [CsvFile.Read(lines)],
            ".JSON" => JsonBallotFile.Read(text.TrimStart('\uFEFF')),
            var other => throw new BallotFileException(0, $"'{other}' is not a ballot file; known are {string.Join(' ', Endings)}"),
        };

    /// <summary>Lines without byte order mark and carriage returns.</summary>
    private static string[] Lines(string text) =>
        text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
}
