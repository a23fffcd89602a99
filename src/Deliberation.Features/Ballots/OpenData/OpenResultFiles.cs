using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deliberation.Features.Rolls.Tables;

namespace Deliberation.Features.Ballots.OpenData;

/// <summary>Open data in the forms that others read: JSON with everything, one table as CSV with its description (W3C CSVW), Pabulib for budgets. Written line by line.</summary>
public static class OpenResultFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never inside a page
    };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Name and meaning of each column of the CSV, in order.</summary>
    private static readonly (string Name, string Type, string Meaning)[] Columns =
    [
        ("kind", "string", "version: of the count, 1 or after a recount more; roll: entitled; took-part; spoilt; total: of one choice; round: votes of an option in a round of the count; pattern: papers filled in alike, choices separated by |; hidden: papers filled in by fewer than 5 alike"),
        ("round", "integer", "number of the round, from 1; empty for all else"),
        ("choice", "string", "For, Against, Abstain, an option's id, or id=n where the paper ranks or scores"),
        ("text", "string", "the option in words"),
        ("units", "string", "voting units or papers; in a round votes, perhaps a fraction such as 13/2"),
        ("persons", "integer", "persons of those units; of a secret ballot papers"),
        ("area_hundredths", "integer", "area of those units in 0.01 m2"),
    ];

    public static Task WriteJsonAsync(this OpenResult result, Stream output, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(output, result, Json, cancellationToken);

    /// <summary>UTF-8 with the mark that makes Excel read it.</summary>
    public static async Task WriteCsvAsync(this OpenResult result, Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(Encoding.UTF8.Preamble.ToArray(), cancellationToken);
        await WriteAsync(output, Rows(result).Prepend([.. Columns.Select(c => c.Name)]).Select(row => string.Join(',', row.Select(CsvTable.Cell)) + "\r\n"), cancellationToken);
    }

    /// <summary>What the columns of the CSV mean, under which licence.</summary>
    public static Task WriteCsvDescriptionAsync(this OpenResult result, Stream output, CancellationToken cancellationToken) => JsonSerializer.SerializeAsync(
        output,
        new Dictionary<string, object>
        {
            ["@context"] = "http://www.w3.org/ns/csvw",
            ["url"] = "result.csv",
            ["dc:title"] = result.Question,
            ["dc:creator"] = result.Community,
            ["dc:license"] = result.Licence,
            ["tableSchema"] = new Dictionary<string, object>
            {
                ["columns"] = Columns.Select(c => new Dictionary<string, string> { ["name"] = c.Name, ["titles"] = c.Name, ["datatype"] = c.Type, ["dc:description"] = c.Meaning }),
            },
        },
        Json,
        cancellationToken);

    /// <summary>Pabulib's <c>.pb</c>. Papers that are not told are left out of VOTES and said in <c>comment</c>; the votes in PROJECTS are all.</summary>
    /// <exception cref="InvalidOperationException">No budget was shared out.</exception>
    public static Task WritePabulibAsync(this OpenResult result, Stream output, CancellationToken cancellationToken) =>
        WriteAsync(output, Pabulib(result).Select(line => line + "\n"), cancellationToken);

    private static IEnumerable<string[]> Rows(OpenResult result)
    {
        var turnout = result.Turnout;
        yield return ["version", "", "", "", Text(result.Version), "", ""];
        yield return ["roll", "", "", "", Text(turnout.RollUnits), Text(turnout.RollPersons), Text(turnout.RollAreaHundredths)];
        yield return ["took-part", "", "", "", Text(turnout.ReturnedUnits), Text(turnout.ReturnedPersons), Text(turnout.ReturnedAreaHundredths)];
        yield return ["spoilt", "", "", "", Text(turnout.Spoilt), "", ""];
        foreach (var total in result.Totals)
        {
            yield return ["total", "", total.Choice, total.Text ?? "", Text(total.Units), Text(total.Persons), Text(total.AreaHundredths)];
        }

        foreach (var (round, number) in (result.Count?.Rounds ?? []).Select((round, i) => (round, i + 1)))
        {
            foreach (var (id, votes) in round.Votes)
            {
                yield return ["round", Text(number), id, result.Options.FirstOrDefault(o => o.Id == id)?.Text ?? "", votes, "", ""];
            }
        }

        foreach (var pattern in result.Patterns?.Shown ?? [])
        {
            yield return ["pattern", "", string.Join('|', pattern.Choices), "", Text(pattern.Papers), "", ""];
        }

        if (result.Patterns is { HiddenPapers: > 0 } patterns)
        {
            yield return ["hidden", "", "", "", Text(patterns.HiddenPapers), "", ""];
        }
    }

    private static IEnumerable<string> Pabulib(OpenResult result)
    {
        var budget = result.Budget ?? throw new InvalidOperationException($"Ballot {result.Ballot} shared out no budget.");
        var papers = result.Patterns?.Shown ?? [];
        var hidden = result.Patterns?.HiddenPapers ?? 0;
        (string Key, string Value)[] meta =
        [
            ("description", result.Question), ("country", "China"), ("unit", result.Community), ("instance", Text(result.ClosesAt.Year)),
            ("num_projects", Text(result.Options.Count)), ("num_votes", Text(papers.Sum(p => p.Papers))), ("budget", Yuan(budget.BudgetFen)), ("currency", "CNY"),
            ("vote_type", "approval"), ("rule", result.Count?.Share is null ? "greedy" : "equalshares"),
            ("date_begin", Day(result.OpensAt)), ("date_end", Day(result.ClosesAt)), ("language", "zh"), ("license", result.Licence), ("edition", Text(result.Version)),
            .. hidden > 0 ? [("comment", $"#1: {Text(hidden)} papers filled in by fewer than {Text(result.SmallestCell)} people alike are left out of VOTES; votes in PROJECTS count all papers.")] : Array.Empty<(string, string)>(),
        ];
        yield return "META";
        yield return "key;value";
        foreach (var (key, value) in meta)
        {
            yield return $"{key};{Field(value)}";
        }

        yield return "PROJECTS";
        yield return "project_id;cost;votes;name;selected";
        foreach (var option in result.Options)
        {
            var votes = result.Totals.FirstOrDefault(t => t.Choice == option.Id)?.Units ?? 0;
            yield return string.Join(';', Field(option.Id), Yuan(option.CostFen ?? 0), Text(votes), Field(option.Text), result.Funded.Contains(option.Id) ? "1" : "0");
        }

        yield return "VOTES";
        yield return "voter_id;vote";
        foreach (var (paper, number) in papers.SelectMany(p => Enumerable.Repeat(p, p.Papers)).Select((paper, i) => (paper, i + 1)))
        {
            yield return $"{Text(number)};{Field(string.Join(',', paper.Choices))}";
        }
    }

    private static async Task WriteAsync(Stream output, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, Utf8, leaveOpen: true);
        foreach (var line in lines)
        {
            await writer.WriteAsync(line.AsMemory(), cancellationToken);
        }

        await writer.FlushAsync(cancellationToken);
    }

    private static string Field(string text)
    {
        var line = string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.AsSpan().ContainsAny(';', '"') ? $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : line;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>In China, where all our councils are.</summary>
    private static string Day(DateTimeOffset instant) => instant.ToOffset(TimeSpan.FromHours(8)).ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);
}
