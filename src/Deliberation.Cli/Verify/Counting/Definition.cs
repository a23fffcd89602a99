using Deliberation.Cli.Verify.Bundles;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>An option of a ballot.</summary>
internal sealed record Option(string Id, long? CostFen);

/// <summary>What <c>definition.json</c> says of how to count.</summary>
internal sealed record Definition(Guid Ballot, bool IsSecret, RuleText Rule, IReadOnlyList<Option> Options, long MaxChoices)
{
    private const int MostOptions = 10_000;

    public IReadOnlyList<string> Ids { get; } = [.. Options.Select(option => option.Id)];

    public static Definition Read(Fields json, string place)
    {
        var options = json.Has("options") ? json.Objects("options") : [];
        if (options.Count > MostOptions) throw new BundleException($"{place} has more than {MostOptions:N0} options.");
        var read = options.Select(option => new Option(option.Text("id"), option.NumberOrNull("costFen"))).ToList();
        if (read.DistinctBy(option => option.Id).Count() != read.Count) throw new BundleException($"{place} names an option twice.");
        return new(
            json.Id("ballot"),
            json.Text("secrecy") switch
            {
                "Secret" => true,
                "Named" => false,
                _ => throw new BundleException($"\"secrecy\" of {place} is neither Named nor Secret."),
            },
            RuleText.Read(json.Object("rule")),
            read,
            json.NumberOrNull("maxChoices") ?? 1);
    }
}

/// <summary>A rule's settings, kept beyond the file they were read from.</summary>
internal sealed class RuleText
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<string>>> _pairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleText> _rules = new(StringComparer.Ordinal);

    public string Name => Text("rule") ?? "";

    public string? Text(string name) => _texts.GetValueOrDefault(name);

    public string Text(string name, string otherwise) => Text(name) ?? otherwise;

    public long Number(string name, long otherwise) => _numbers.TryGetValue(name, out var number) ? number : otherwise;

    public long? NumberOrNull(string name) => _numbers.TryGetValue(name, out var number) ? number : null;

    public bool Flag(string name, bool otherwise = false) => _flags.TryGetValue(name, out var flag) ? flag : otherwise;

    public IReadOnlyList<string> List(string name) => _lists.GetValueOrDefault(name) ?? [];

    public IReadOnlyList<IReadOnlyList<string>> Lists(string name) => _pairs.GetValueOrDefault(name) ?? [];

    public RuleText? Rule(string name) => _rules.GetValueOrDefault(name);

    public Line? Share(string name, string? strictName, bool isStrict)
    {
        if (strictName is not null) isStrict = Flag(strictName, isStrict);
        return Text(name) is not { } text ? null
            : Ratio.TryParse(text) is { } share ? new Line(share, isStrict)
            : throw new RecountException($"the rule's \"{name}\" is no fraction");
    }

    public static RuleText Read(Fields json)
    {
        var rule = new RuleText();
        foreach (var (name, kind) in json.Kinds())
        {
            switch (kind)
            {
                case FieldKind.Text: rule._texts[name] = json.Text(name); break;
                case FieldKind.Number: rule._numbers[name] = json.Whole(name); break;
                case FieldKind.Flag: rule._flags[name] = json.Flag(name, false); break;
                case FieldKind.Object: rule._rules[name] = Read(json.Object(name)); break;
                case FieldKind.Texts: rule._lists[name] = json.Texts(name); break;
                case FieldKind.TextLists: rule._pairs[name] = json.TextLists(name); break;
            }
        }

        return rule;
    }
}
