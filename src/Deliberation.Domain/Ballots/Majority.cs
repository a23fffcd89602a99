using Deliberation.Domain.Laws;

namespace Deliberation.Domain.Ballots;

/// <summary>The denominator of a majority. Every rule names its base.</summary>
public enum MajorityBase
{
    /// <summary>For + against.</summary>
    Expressed,

    /// <summary>For + against + abstain.</summary>
    Cast,

    /// <summary>Cast + spoilt.</summary>
    CastAndSpoilt,

    /// <summary>Signed in at the meeting.</summary>
    Present,

    /// <summary>Everybody on the roll.</summary>
    Roll,
}

/// <summary>The figures of a yes/no ballot.</summary>
/// <param name="Roll">Everybody entitled.</param>
/// <param name="Present">Signed in; needed only where the base is <see cref="MajorityBase.Present"/>.</param>
public sealed record YesNoCount(long For, long Against, long Abstain, long Spoilt, long Roll, long Present = 0)
{
    /// <summary>For + against + abstain: those who took part.</summary>
    public long Cast => For + Against + Abstain;

    public long BaseOf(MajorityBase which) => which switch
    {
        MajorityBase.Expressed => For + Against,
        MajorityBase.Cast => Cast,
        MajorityBase.CastAndSpoilt => Cast + Spoilt,
        MajorityBase.Present => Present,
        _ => Roll,
    };
}

/// <summary>A majority rule.</summary>
public sealed record MajorityRule
{
    public MajorityBase Base { get; init; } = MajorityBase.Cast;

    public Threshold Threshold { get; init; } = Threshold.MoreThanHalf;

    /// <summary>Share of the roll that must take part (for + against + abstain); null = no quorum.</summary>
    public Threshold? MinTurnout { get; init; }

    /// <summary>Consensus minus k: passes when at most so many are against, whatever the threshold; 0 = unanimous; null = by threshold.</summary>
    public int? AllButK { get; init; }

    /// <summary>What the holder of the casting vote said; null = there is none or it was not given.</summary>
    public Choice? CastingVote { get; init; }

    /// <summary>Null when the rule is the council's own.</summary>
    public LawProfile? Law { get; init; }
}

/// <summary>A yes/no decision with its figures.</summary>
public sealed record MajorityDecision(BallotOutcome Outcome, YesNoCount Count, Explanation Explanation)
{
    public bool Passed => Outcome is BallotOutcome.Passed;

    /// <summary>True when the tie was resolved by the casting vote.</summary>
    public bool ByCastingVote { get; init; }
}

/// <summary>Majority with a chosen base and line (多数决).</summary>
public static class Majority
{
    /// <summary>Turnout first, then the line. A tie at the line of half is not passed, unless the casting vote is for.</summary>
    public static MajorityDecision Decide(MajorityRule rule, YesNoCount count)
    {
        var tests = new List<RuleTest>();
        if (rule.MinTurnout is { } turnout) tests.Add(RuleTest.Of("turnout", Measure.Persons, count.Cast, count.Roll, turnout));
        var quorate = tests.TrueForAll(t => t.IsMet);

        if (rule.AllButK is { } k)
        {
            // Somebody must have agreed: a base of nobody never passes.
            tests.Add(new("threshold", Measure.Persons, count.For, count.Cast, 0, 1, Comparison.MoreThan));
            tests.Add(RuleTest.AtMost("against", Measure.Persons, count.Against, k));
        }
        else
        {
            tests.Add(RuleTest.Of("threshold", Measure.Persons, count.For, count.BaseOf(rule.Base), rule.Threshold));
        }

        var isTie = rule.AllButK is null && rule.Threshold is { Numerator: 1, Denominator: 2 }
            && count.For == count.Against && count.For > 0;
        var passed = tests.TrueForAll(t => t.IsMet);
        var outcome = !quorate ? BallotOutcome.Inquorate
            : passed ? BallotOutcome.Passed
            : isTie && rule.CastingVote is null ? BallotOutcome.Tied
            : isTie && rule.CastingVote is Choice.For ? BallotOutcome.Passed
            : BallotOutcome.Rejected;
        return new(outcome, count, new("Majority", rule.Law?.Id, rule.Law?.ArticlesOf("Majority") ?? [], tests, []))
        {
            ByCastingVote = quorate && !passed && isTie && rule.CastingVote is not null,
        };
    }
}
