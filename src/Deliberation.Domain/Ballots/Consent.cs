namespace Deliberation.Domain.Ballots;

/// <summary>What has become of an objection.</summary>
public enum ObjectionStatus
{
    /// <summary>Stands.</summary>
    Open,

    /// <summary>Its author withdrew it.</summary>
    Withdrawn,

    /// <summary>The proposal was changed and the author accepts.</summary>
    Integrated,

    /// <summary>Ruled out of scope with the agreement of two thirds of the others, see <see cref="Consent.MayRuleOut"/>.</summary>
    RuledOut,
}

/// <summary>An objection (异议) with a reason tied to the shared aim.</summary>
public sealed record ConsentObjection(string By, string Reason, ObjectionStatus Status = ObjectionStatus.Open);

/// <summary>The answers of one round.</summary>
/// <param name="Silent">Asked twice and still silent: counts as standing aside.</param>
/// <param name="Entitled">Who may answer; 0 = those who answered.</param>
public sealed record ConsentRound(
    long Consents, long StandAsides, IReadOnlyList<ConsentObjection> Objections, long Silent = 0, long Entitled = 0)
{
    public long Answers => Consents + StandAsides + Silent + Objections.Count;
}

/// <summary>Settings of a consent decision.</summary>
public sealed record ConsentRule
{
    /// <summary>Largest share of answers that may stand aside; the figure itself is allowed.</summary>
    public Fraction MaxStandAside { get; init; } = new(1, 3);

    /// <summary>Rounds after which the rule falls back to the one named before round 1.</summary>
    public int MaxRounds { get; init; } = 3;

    /// <summary>Share of the entitled who must answer; null = no quorum.</summary>
    public Threshold? Quorum { get; init; }
}

/// <summary>How a round of consent ends.</summary>
public enum ConsentOutcome
{
    /// <summary>No open objection, few enough stand aside.</summary>
    Passed,

    /// <summary>The proposal goes back to be changed; the next round follows.</summary>
    Revise,

    /// <summary>The last round has not passed: the fallback rule decides.</summary>
    FallBack,

    /// <summary>Too few answered.</summary>
    Inquorate,
}

/// <summary>A round's result with its figures.</summary>
public sealed record ConsentDecision(ConsentOutcome Outcome, Explanation Explanation);

/// <summary>Consent (共识, sociocracy): passed when nobody has a reasoned objection left.</summary>
public static class Consent
{
    /// <param name="number">1 for the first round.</param>
    public static ConsentDecision Decide(ConsentRound round, int number, ConsentRule? rule = null)
    {
        rule ??= new();
        var tests = new List<RuleTest>();
        if (rule.Quorum is { } quorum)
            tests.Add(RuleTest.Of("quorum", Measure.Persons, round.Answers - round.Silent, Math.Max(round.Entitled, round.Answers), quorum));
        var quorate = tests.TrueForAll(t => t.IsMet);
        tests.Add(RuleTest.AtMost("objections", Measure.Persons, round.Objections.Count(o => o.Status is ObjectionStatus.Open), 0));
        tests.Add(new("stand-asides", Measure.Persons, round.StandAsides + round.Silent, round.Answers,
            (long)rule.MaxStandAside.Numerator, (long)rule.MaxStandAside.Denominator, Comparison.AtMost));
        // Silence of everybody is no decision.
        var passed = round.Consents > 0 && tests.TrueForAll(t => t.IsMet);
        var outcome = !quorate ? ConsentOutcome.Inquorate
            : passed ? ConsentOutcome.Passed
            : number >= rule.MaxRounds ? ConsentOutcome.FallBack
            : ConsentOutcome.Revise;
        return new(outcome, new("Consent", null, [], tests, []));
    }

    /// <summary>The facilitator may rule an objection out of scope when two thirds of the others agree.</summary>
    public static bool MayRuleOut(long agreeing, long others) => Threshold.TwoThirds.IsMet(agreeing, others);
}
