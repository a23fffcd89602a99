using System.Globalization;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>What a paper with options asks for.</summary>
internal enum PaperKind
{
    Marks,
    Ranks,
    Scores,
}

/// <summary>What may stand on a paper.</summary>
internal sealed class PaperForm
{
    public const string Abstain = "Abstain";
    public const string Because = "because:";

    private static readonly string[] Ranked = ["Borda", "Condorcet", "Schulze", "InstantRunoff", "StvScottish", "StvMeek"];
    private static readonly string[] Tieable = ["Borda", "Condorcet", "Schulze"];

    private readonly HashSet<string> _options;
    private readonly RuleText _rule;
    private readonly PaperKind _kind;
    private readonly long _most;

    public PaperForm(Definition definition)
    {
        _options = [.. definition.Ids];
        _rule = definition.Rule;
        _kind = KindOf(_rule.Name);
        _most = definition.MaxChoices;
    }

    public static PaperKind KindOf(string rule) => Ranked.Contains(rule) ? PaperKind.Ranks : rule is "Score" or "Star" ? PaperKind.Scores : PaperKind.Marks;

    /// <summary>What is wrong with a counted paper; null when it is valid.</summary>
    public string? Wrong(IReadOnlyList<string> choices)
    {
        if (choices.Count == 0) return "says nothing";
        if (choices.Distinct(StringComparer.Ordinal).Count() != choices.Count) return "names a choice twice";
        if (choices.Contains(Abstain)) return choices.Count == 1 ? null : "abstains and chooses";
        if (_options.Count == 0) return Answer(choices);
        if (_kind is PaperKind.Ranks) return Ranks(choices);
        if (_kind is PaperKind.Scores) return Scores(choices);
        return choices.FirstOrDefault(choice => !_options.Contains(choice)) is { } unknown ? $"names '{Shown(unknown)}', which is no option"
            : choices.Count > _most ? $"names {choices.Count} options, {_most} are allowed"
            : null;
    }

    /// <summary>Splits <c>id=n</c> at the last equals sign; the number is null when there is none.</summary>
    public static (string Id, int? Number) Split(string choice)
    {
        var at = choice.LastIndexOf('=');
        if (at <= 0) return (choice, null);
        var digits = choice.AsSpan(at + 1);
        var isNumber = digits.Length is >= 1 and <= 6 && !digits.ContainsAnyExceptInRange('0', '9') && (digits.Length == 1 || digits[0] != '0');
        return (choice[..at], isNumber ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null);
    }

    private string? Answer(IReadOnlyList<string> choices)
    {
        var reasons = choices.Count(choice => _rule.Name == "Consent" && choice.StartsWith(Because, StringComparison.Ordinal));
        var answers = choices.Where(choice => choice is "For" or "Against").ToList();
        if (answers.Count + reasons != choices.Count) return "says something else than for, against or abstain";
        if (answers.Count != 1) return "gives more than one answer";
        return reasons == (_rule.Name == "Consent" && answers[0] == "Against" ? 1 : 0) ? null : "objects without a reason";
    }

    private string? Ranks(IReadOnlyList<string> choices)
    {
        var places = new HashSet<int>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var choice in choices)
        {
            var (id, place) = Split(choice);
            if (!_options.Contains(id)) return $"ranks '{Shown(id)}', which is no option";
            if (!named.Add(id)) return $"ranks '{Shown(id)}' twice";
            if (place is not { } rank || rank < 1) return $"gives '{Shown(id)}' no place";
            if (!places.Add(rank) && (_rule.Flag("strictRanking") || !Tieable.Contains(_rule.Name))) return $"gives place {rank} twice";
        }

        return places.Max() > places.Count ? "leaves out a place" : null;
    }

    private string? Scores(IReadOnlyList<string> choices)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var choice in choices)
        {
            var (id, score) = Split(choice);
            if (!_options.Contains(id)) return $"scores '{Shown(id)}', which is no option";
            if (!named.Add(id)) return $"scores '{Shown(id)}' twice";
            if (score is not { } points || points > _rule.Number("maxScore", 5)) return $"gives '{Shown(id)}' no score that is allowed";
        }

        return null;
    }

    private static string Shown(string text) => new([.. text.Take(60).Select(c => char.IsControl(c) ? '?' : c)]);
}
