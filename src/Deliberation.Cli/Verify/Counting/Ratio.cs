using System.Globalization;
using System.Numerics;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>An exact number: numerator over a positive denominator, in lowest terms.</summary>
internal readonly record struct Ratio : IComparable<Ratio>
{
    private readonly BigInteger _under; // denominator − 1, so that default is 0/1

    public Ratio(BigInteger over, BigInteger under)
    {
        if (under.Sign < 0) (over, under) = (-over, -under);
        var common = BigInteger.GreatestCommonDivisor(over, under);
        Over = over / common;
        _under = (under / common) - 1;
    }

    public BigInteger Over { get; }

    public BigInteger Under => _under + 1;

    public static implicit operator Ratio(long whole) => new(whole, 1);

    public static Ratio operator +(Ratio a, Ratio b) => new((a.Over * b.Under) + (b.Over * a.Under), a.Under * b.Under);

    public static Ratio operator -(Ratio a, Ratio b) => new((a.Over * b.Under) - (b.Over * a.Under), a.Under * b.Under);

    public static Ratio operator *(Ratio a, Ratio b) => new(a.Over * b.Over, a.Under * b.Under);

    public static bool operator <(Ratio a, Ratio b) => a.CompareTo(b) < 0;

    public static bool operator >(Ratio a, Ratio b) => a.CompareTo(b) > 0;

    public static bool operator <=(Ratio a, Ratio b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Ratio a, Ratio b) => a.CompareTo(b) >= 0;

    public int CompareTo(Ratio other) => (Over * other.Under).CompareTo(other.Over * Under);

    /// <summary>Reads <c>2</c> or <c>2/3</c>; null when it is neither.</summary>
    public static Ratio? TryParse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || text.Length > 60 || parts.Any(p => p.Length == 0 || !p.All(char.IsAsciiDigit))) return null;
        var under = parts.Length == 2 ? BigInteger.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        return under.IsZero ? null : new(BigInteger.Parse(parts[0], CultureInfo.InvariantCulture), under);
    }

    /// <summary><c>13/2</c>, or a whole number.</summary>
    public override string ToString() => Under.IsOne
        ? Over.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Over}/{Under}");
}

/// <summary>The line a part of a whole must reach. A whole of nothing never reaches it.</summary>
/// <param name="IsStrict">The figure itself is not enough.</param>
internal sealed record Line(Ratio Share, bool IsStrict)
{
    public static Line MoreThanHalf { get; } = new(new(1, 2), true);

    public bool IsMet(long part, long whole) =>
        whole > 0 && (part * Share.Under).CompareTo(whole * Share.Over) is var order && (IsStrict ? order > 0 : order >= 0);
}
