using System.Globalization;
using System.Text;
using Deliberation.Domain;

namespace Deliberation.Features.Seeding;

/// <summary>What is wrong with seeds. Reading goes on with stand-in values, so that a reader needs no branches; the result is then thrown away.</summary>
internal sealed class SeedProblems
{
    private const int MostKept = 100;

    private readonly List<Refusal> _all = [];

    public Refusal? First => _all.FirstOrDefault();

    /// <summary>The first hundred, in the order of the lines.</summary>
    public IReadOnlyList<Refusal> All => _all;

    public void Add(Refusal problem)
    {
        if (_all.Count < MostKept)
        {
            _all.Add(problem);
        }
    }
}

/// <summary>One <c>.csv</c> of the seeds, read strictly: exact columns, exact number of fields.</summary>
internal static class SeedTable
{
    public static IReadOnlyList<SeedRow> Read(string folder, string file, string[] columns, SeedProblems problems)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            problems.Add(SeedRefusals.FileMissing(file));
            return [];
        }

        string[] lines;
        try
        {
            lines = File.ReadAllLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(SeedRefusals.NotUtf8(file));
            return [];
        }

        if (lines.Length == 0 || !Fields(lines[0]).SequenceEqual(columns))
        {
            problems.Add(SeedRefusals.WrongColumns(file, string.Join(',', columns)));
            return [];
        }

        var rows = new List<SeedRow>();
        for (var line = 2; line <= lines.Length; line++)
        {
            var fields = Fields(lines[line - 1]);
            if (fields.Count != columns.Length)
            {
                problems.Add(SeedRefusals.WrongFieldCount(file, line, columns.Length, fields.Count));
                break;
            }

            rows.Add(new SeedRow(file, line, columns, fields, problems));
        }

        return rows;
    }

    /// <summary>The fields of a line, as in RFC 4180 without line breaks in a field.</summary>
    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"' when isQuoted && i + 1 < line.Length && line[i + 1] == '"':
                    field.Append('"');
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                default:
                    field.Append(line[i]);
                    break;
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}

/// <summary>A row whose fields are asked for by name and checked while they are read.</summary>
internal sealed class SeedRow(string file, int line, string[] columns, IReadOnlyList<string> fields, SeedProblems problems)
{
    /// <summary>Text, at least one character.</summary>
    public string Text(string field)
    {
        var value = Optional(field);
        if (value is null)
        {
            Bad("missing", field);
        }

        return value ?? "";
    }

    /// <summary>Text, or null when the field is empty.</summary>
    public string? Optional(string field)
    {
        var value = fields[Array.IndexOf(columns, field)].Trim();
        return value.Length == 0 ? null : value;
    }

    /// <param name="least">Inclusive.</param>
    /// <param name="most">Inclusive.</param>
    public int Whole(string field, int least, int most)
    {
        var value = Text(field);
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Bad("not-in-range", field, ("value", value), ("least", least), ("most", most));
        return least;
    }

    public int? OptionalWhole(string field, int least, int most) => Optional(field) is null ? null : Whole(field, least, most);

    public string OneOf(string field, params string[] allowed)
    {
        var value = Text(field);
        if (!allowed.Contains(value))
        {
            Bad("not-one-of", field, ("value", value), ("allowed", string.Join(' ', allowed)));
        }

        return value;
    }

    /// <summary>Text that another file declares.</summary>
    public string Known(string field, IReadOnlyCollection<string> declared)
    {
        var value = Text(field);
        if (!declared.Contains(value))
        {
            Bad("unknown", field, ("value", value));
        }

        return value;
    }

    public string? OptionalKnown(string field, IReadOnlyCollection<string> declared) => Optional(field) is null ? null : Known(field, declared);

    /// <summary>Codes separated by a space, or <c>*</c> for all.</summary>
    public IReadOnlyList<string> KnownList(string field, IReadOnlyCollection<string> declared)
    {
        var value = Text(field);
        if (value == "*")
        {
            return [.. declared];
        }

        var codes = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var code in codes.Where(code => !declared.Contains(code)))
        {
            Bad("unknown", field, ("value", code));
        }

        return codes;
    }

    /// <summary>A field that no earlier row may have had.</summary>
    public void Unique(string field, HashSet<string> seen)
    {
        if (!seen.Add(Text(field)))
        {
            Bad("twice", field, ("value", Text(field)));
        }
    }

    public void Bad(string code, string field, params (string Name, object? Value)[] values) =>
        problems.Add(SeedRefusals.Bad(code, file, line, field, values));
}
