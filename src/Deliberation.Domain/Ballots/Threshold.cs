using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>
/// The line a share must reach (通过线). "At least" (以上) includes the figure, "more than half" (过半数) does not (Civil Code art. 1259).
/// </summary>
/// <param name="Numerator">0 or more.</param>
/// <param name="Denominator">1 or more.</param>
/// <param name="Strict">True when the figure itself is not enough.</param>
public sealed record Threshold(long Numerator, long Denominator, bool Strict)
{
    /// <summary>More than half (过半数).</summary>
    public static Threshold MoreThanHalf { get; } = new(1, 2, true);

    /// <summary>At least half.</summary>
    public static Threshold AtLeastHalf { get; } = new(1, 2, false);

    /// <summary>At least a third (三分之一以上).</summary>
    public static Threshold OneThird { get; } = new(1, 3, false);

    /// <summary>At least two thirds (三分之二以上).</summary>
    public static Threshold TwoThirds { get; } = new(2, 3, false);

    /// <summary>At least three quarters (四分之三以上).</summary>
    public static Threshold ThreeQuarters { get; } = new(3, 4, false);

    /// <summary>Reads <c>2/3</c> or <c>1</c>.</summary>
    /// <exception cref="FormatException">Not a fraction between 0 and 1.</exception>
    public static Threshold Parse(string text, bool strict)
    {
        if (!Fraction.TryParse(text, out var value) || value < 0 || value > 1)
            throw new FormatException($"'{text}' is not a fraction between 0 and 1");
        return new((long)value.Numerator, (long)value.Denominator, strict);
    }

    /// <summary>Exact: <c>d·part &gt; n·whole</c> or <c>≥</c>. A whole of 0 never meets it.</summary>
    public bool IsMet(long part, long whole) =>
        whole > 0 && (Strict
            ? (Int128)Denominator * part > (Int128)Numerator * whole
            : (Int128)Denominator * part >= (Int128)Numerator * whole);

    /// <summary>The smallest part that meets the line.</summary>
    public long Needed(long whole)
    {
        var product = (Int128)Numerator * whole;
        return (long)(Strict ? (product / Denominator) + 1 : (product + Denominator - 1) / Denominator);
    }

    /// <summary><c>&gt; 1/2</c> or <c>≥ 2/3</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Strict ? ">" : "≥")} {Numerator}/{Denominator}");
}

/// <summary>The same line by area and by persons (双过半, 双三分之二, 双四分之三); both are tested apart and both must hold.</summary>
public sealed record DoubleThreshold(Threshold Persons, Threshold Area)
{
    public static DoubleThreshold Same(Threshold threshold) => new(threshold, threshold);
}
