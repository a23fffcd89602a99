using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>What the numbers of a test count.</summary>
public enum Measure
{
    /// <summary>Voters: owners, residents, members.</summary>
    Persons,

    /// <summary>Hundredths of a square metre.</summary>
    AreaHundredths,

    /// <summary>Ballot papers.</summary>
    Papers,

    /// <summary>Votes for one option.</summary>
    Votes,

    /// <summary>Whole fen.</summary>
    Fen,
}

/// <summary>How a test compares.</summary>
public enum Comparison
{
    /// <summary>以上: the figure itself is enough.</summary>
    AtLeast,

    /// <summary>过半数, 超过: the figure itself is not enough.</summary>
    MoreThan,

    /// <summary>不超过: the figure itself is allowed.</summary>
    AtMost,
}

/// <summary>One test of a rule, as numbers: pages put it into words by <see cref="Code"/>.</summary>
/// <param name="Code">Stable: <c>quorum.persons</c>, <c>quorum.area</c>, <c>threshold.persons</c>, <c>threshold.area</c>, <c>turnout</c>,
/// <c>papers</c>, <c>threshold</c>, <c>quorum</c>, <c>objections</c>, <c>stand-asides</c>, <c>against</c>, <c>own-share</c>.</param>
/// <param name="Actual">What was counted.</param>
/// <param name="Base">Of how many (the denominator the rule names).</param>
/// <param name="Numerator">The line is <c>Numerator/Denominator</c> of <paramref name="Base"/>.</param>
/// <param name="Denominator">1 or more.</param>
/// <param name="Subject">Candidate or option the test is about; null when it is about the ballot.</param>
public sealed record RuleTest(
    string Code,
    Measure Measure,
    long Actual,
    long Base,
    long Numerator,
    long Denominator,
    Comparison Comparison,
    string? Subject = null)
{
    /// <summary>Whether the test holds. A base of 0 never meets "at least" or "more than".</summary>
    public bool IsMet => Comparison switch
    {
        Comparison.AtMost => Left <= Right,
        Comparison.MoreThan => Base > 0 && Left > Right,
        _ => Base > 0 && Left >= Right,
    };

    /// <summary>The smallest count that meets the test; for <see cref="Comparison.AtMost"/> the largest.</summary>
    public long Needed => Comparison switch
    {
        Comparison.AtMost => (long)(Right / Denominator),
        Comparison.MoreThan => (long)(Right / Denominator) + 1,
        _ => (long)((Right + Denominator - 1) / Denominator),
    };

    /// <summary>By how much the test was missed: 0 when met, else what is lacking (or too many).</summary>
    public long Missing => IsMet ? 0 : Math.Abs(Needed - Actual);

    /// <summary>The comparison as it came out, without words: <c>104×3 ≥ 150×2</c>, <c>61×2 ≤ 122</c>.</summary>
    public string Arithmetic
    {
        get
        {
            var sign = Left == Right
                ? Comparison switch { Comparison.MoreThan => "≤", Comparison.AtMost => "≤", _ => "≥" }
                : Left > Right ? Comparison == Comparison.AtLeast ? "≥" : ">" : Comparison == Comparison.AtMost ? "≤" : "<";
            return $"{Product(Actual, Denominator)} {sign} {Product(Base, Numerator)}";
        }
    }

    private Int128 Left => (Int128)Denominator * Actual;

    private Int128 Right => (Int128)Numerator * Base;

    public static RuleTest Of(string code, Measure measure, long actual, long whole, Threshold threshold, string? subject = null) =>
        new(code, measure, actual, whole, threshold.Numerator, threshold.Denominator,
            threshold.Strict ? Comparison.MoreThan : Comparison.AtLeast, subject);

    public static RuleTest AtMost(string code, Measure measure, long actual, long limit) =>
        new(code, measure, actual, limit, 1, 1, Comparison.AtMost);

    private static string Product(long value, long factor) => factor == 1
        ? value.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{value}×{factor}");
}

/// <summary>Why a ballot ended as it did, as data: codes and numbers, no words.</summary>
/// <param name="Rule">Rule code: <c>OwnersAssembly</c>, <c>Majority</c>, <c>EqualShares</c> …</param>
/// <param name="LawProfile">Id of the dated law profile the ballot was opened under; null for rules no law sets.</param>
/// <param name="Articles">Articles of that profile that the rule stands on, for example <c>278</c>.</param>
/// <param name="Tests">In the order of testing: turnout or quorum, validity, threshold.</param>
/// <param name="Steps">Further arithmetic without words: pairs, rounds, purchases.</param>
public sealed record Explanation(
    string Rule,
    string? LawProfile,
    IReadOnlyList<string> Articles,
    IReadOnlyList<RuleTest> Tests,
    IReadOnlyList<string> Steps)
{
    /// <summary>The first test about the ballot as a whole that failed; null when all are met. A candidate's test decides a seat, not the ballot.</summary>
    public RuleTest? FirstFailed => Tests.FirstOrDefault(t => t.Subject is null && !t.IsMet);

    /// <summary>Every line of arithmetic: tests first, then steps.</summary>
    public IReadOnlyList<string> Arithmetic =>
        [.. Tests.Select(t => t.Subject is null ? t.Arithmetic : $"{t.Subject}: {t.Arithmetic}"), .. Steps];

    /// <summary>The explanation of a rule that no law sets.</summary>
    public static Explanation OfCount(string rule, IEnumerable<string> steps) => new(rule, null, [], [], [.. steps]);
}
