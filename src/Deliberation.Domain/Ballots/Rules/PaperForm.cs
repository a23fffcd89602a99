using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>What a paper asks for.</summary>
public enum PaperKind
{
    /// <summary>For, against or abstain.</summary>
    Answer,

    /// <summary>Marks beside options.</summary>
    Marks,

    /// <summary>Options in order: <c>id=1</c> is the best.</summary>
    Ranks,

    /// <summary>A score per option: <c>id=0</c> to <c>id=MaxScore</c>; left out is 0.</summary>
    Scores,
}

/// <summary>What is wrong with a paper.</summary>
public enum PaperFault
{
    /// <summary>Nothing stands on it.</summary>
    Empty,

    /// <summary>More than allowed, or an abstention beside something else.</summary>
    TooMany,

    /// <summary>Something that is not on the paper, or stands there twice.</summary>
    Unknown,

    /// <summary>A place that is not 1, 2, 3 …</summary>
    NotARank,

    /// <summary>A place is left out.</summary>
    RankGap,

    /// <summary>Two options at one place, where the rule does not allow it.</summary>
    RankTie,

    /// <summary>Not a whole number from 0 to the largest score.</summary>
    NotAScore,

    /// <summary>An objection without its reason, or a reason without an objection.</summary>
    ReasonMissing,
}

/// <summary>What may stand on a paper. Choices are option ids, or <c>id=n</c> where the rule ranks or scores; abstaining is a choice of its own, alone.</summary>
/// <param name="Options">Ids in the order of the paper; empty for <see cref="PaperKind.Answer"/>.</param>
/// <param name="Most">At most so many choices, 1 or more.</param>
public sealed record PaperForm(PaperKind Kind, IReadOnlyList<string> Options, int Most)
{
    /// <summary>Takes part and chooses nothing.</summary>
    public const string Abstain = nameof(Choice.Abstain);

    /// <summary>Stands before the reason of an objection.</summary>
    public const string Because = "because:";

    public const int LongestReason = 300;

    private static readonly string[] Answers = Enum.GetNames<Choice>();

    private readonly HashSet<string> _options = [.. Options];

    /// <summary>Options may share a place.</summary>
    public bool MayTie { get; init; }

    public int MaxScore { get; init; }

    /// <summary>Who is against says why: consent.</summary>
    public bool AsksReason { get; init; }

    /// <summary>Everything that may stand on a paper, places and scores left off.</summary>
    public IEnumerable<string> Words => Kind is PaperKind.Answer ? Answers : Options.Append(Abstain);

    /// <summary>The form of a rule's papers.</summary>
    /// <param name="options">Ids in the order of the paper.</param>
    public static PaperForm Of(BallotRule rule, IReadOnlyList<string> options)
    {
        var all = Math.Max(1, options.Count);
        if (options.Count == 0) return new(PaperKind.Answer, [], rule.Kind is RuleKind.Consent ? 2 : 1) { AsksReason = rule.Kind is RuleKind.Consent };
        if (rule.IsRanked) return new(PaperKind.Ranks, options, all) { MayTie = rule.MayTie };
        if (rule.IsScored) return new(PaperKind.Scores, options, all) { MaxScore = rule.MaxScore };
        return new(PaperKind.Marks, options, rule.Kind switch
        {
            RuleKind.OfficeElection or RuleKind.OwnersCommitteeElection => Math.Clamp(rule.Seats, 1, all),
            RuleKind.Limited => Math.Clamp(rule.Marks ?? rule.Seats, 1, all),
            RuleKind.Approval => Math.Clamp(rule.Marks ?? all, 1, all),
            _ => rule.IsBudget ? all : 1,
        });
    }

    /// <summary>What is wrong with a paper; null when it may be cast.</summary>
    public PaperFault? Check(IReadOnlyCollection<string> choices)
    {
        if (choices.Count == 0) return PaperFault.Empty;
        if (choices.Contains(Abstain)) return choices.Count > 1 ? Beside(choices) : null;
        return Kind switch
        {
            PaperKind.Answer => CheckAnswer(choices),
            PaperKind.Marks => CheckMarks(choices),
            PaperKind.Ranks => CheckRanks(choices),
            _ => CheckScores(choices),
        };
    }

    /// <summary>Splits <c>id=n</c>; the number is null for a choice without one. An id may hold an equals sign itself.</summary>
    public static (string Id, string? Number) Split(string choice) =>
        choice.LastIndexOf('=') is var at and > 0 ? (choice[..at], choice[(at + 1)..]) : (choice, null);

    /// <summary>Digits only: no sign, no point, no exponent, no space, no leading zero.</summary>
    public static int? Number(string? text) =>
        text is { Length: >= 1 and <= 6 } && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    private PaperFault Beside(IReadOnlyCollection<string> choices) =>
        choices.All(c => c == Abstain || Answers.Contains(c) || _options.Contains(Split(c).Id) || _options.Contains(c)) && choices.Distinct(StringComparer.Ordinal).Count() == choices.Count
            ? PaperFault.TooMany
            : PaperFault.Unknown;

    private PaperFault? CheckAnswer(IReadOnlyCollection<string> choices)
    {
        List<string> reasons = AsksReason ? [.. choices.Where(c => c.StartsWith(Because, StringComparison.Ordinal))] : [];
        var answers = choices.Count - reasons.Count;
        if (choices.Any(c => !Answers.Contains(c) && !reasons.Contains(c))) return PaperFault.Unknown;
        if (answers != 1 || reasons.Count > 1) return answers == 0 ? PaperFault.Empty : PaperFault.TooMany;
        if (!AsksReason) return null;
        var isObjection = choices.Contains(nameof(Choice.Against));
        return isObjection == (reasons.Count == 1) && reasons.TrueForAll(IsReason) ? null : PaperFault.ReasonMissing;
    }

    /// <summary>5 to 300 characters on one line.</summary>
    private static bool IsReason(string choice) =>
        choice[Because.Length..] is var reason && reason.Trim() == reason && reason.Length is >= 5 and <= LongestReason && !reason.Any(char.IsControl);

    private PaperFault? CheckMarks(IReadOnlyCollection<string> choices) =>
        choices.Any(c => !_options.Contains(c)) || choices.Distinct(StringComparer.Ordinal).Count() != choices.Count ? PaperFault.Unknown
        : choices.Count > Most ? PaperFault.TooMany
        : null;

    private PaperFault? CheckRanks(IReadOnlyCollection<string> choices)
    {
        var split = choices.Select(Split).ToList();
        if (!AreOptions(split)) return PaperFault.Unknown;
        var ranks = split.ConvertAll(c => Number(c.Number));
        if (ranks.Exists(r => r is not >= 1)) return PaperFault.NotARank;
        var places = ranks.Distinct().ToList();
        if (places.Count < ranks.Count && !MayTie) return PaperFault.RankTie;
        return places.Max() > places.Count ? PaperFault.RankGap : null;
    }

    private PaperFault? CheckScores(IReadOnlyCollection<string> choices)
    {
        var split = choices.Select(Split).ToList();
        if (!AreOptions(split)) return PaperFault.Unknown;
        return split.Exists(c => Number(c.Number) is not { } score || score > MaxScore) ? PaperFault.NotAScore : null;
    }

    private bool AreOptions(List<(string Id, string? Number)> split) =>
        split.TrueForAll(c => _options.Contains(c.Id)) && split.Select(c => c.Id).Distinct(StringComparer.Ordinal).Count() == split.Count;
}
