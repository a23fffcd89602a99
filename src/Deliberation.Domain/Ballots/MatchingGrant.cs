using System.Globalization;

namespace Deliberation.Domain.Ballots;

/// <summary>What residents bring and what the grant rule says (以奖代补). All money in whole fen, 0 or more.</summary>
/// <param name="AuditedCostFen">More than 0.</param>
/// <param name="GoodsFen">Goods valued by invoice or by two of three council members.</param>
/// <param name="LabourDays">Days of voluntary work; asked, never compelled.</param>
/// <param name="LabourCapShare">Labour counts up to this share of the cash.</param>
/// <param name="MatchRate">Grant per fen of the residents' own share.</param>
/// <param name="CapFen">Largest grant.</param>
/// <param name="MinOwnShare">Own share needed, of the audited cost; the figure itself is enough.</param>
public sealed record GrantTerms(
    long AuditedCostFen,
    long CashFen,
    long GoodsFen,
    long LabourDays,
    long DayRateFen,
    Fraction LabourCapShare,
    Fraction MatchRate,
    long CapFen,
    Fraction MinOwnShare,
    long OtherFundsFen = 0);

/// <summary>The grant with its figures, in whole fen.</summary>
/// <param name="LabourFen">Labour as counted, after the cap, rounded down.</param>
/// <param name="OwnShareFen">Cash, goods and labour (自筹).</param>
/// <param name="GrantFen">0 when not eligible.</param>
/// <param name="GapFen">Cost that nobody covers yet, 0 or more.</param>
public sealed record GrantDecision(
    bool IsEligible, long LabourFen, long OwnShareFen, long GrantFen, long GapFen, Explanation Explanation);

/// <summary>A matching grant (以奖代补): the more residents bring, the more is granted, never more than is missing.</summary>
public static class MatchingGrant
{
    public static GrantDecision Decide(GrantTerms terms)
    {
        var labour = Math.Min(terms.LabourDays * terms.DayRateFen, (long)(terms.LabourCapShare * terms.CashFen).Floor);
        var own = terms.CashFen + terms.GoodsFen + labour;
        var test = RuleTest.Of("own-share", Measure.Fen, own, terms.AuditedCostFen,
            new((long)terms.MinOwnShare.Numerator, (long)terms.MinOwnShare.Denominator, false));
        var missing = terms.AuditedCostFen - own - terms.OtherFundsFen;
        var matched = (long)(terms.MatchRate * own).Floor;
        var grant = test.IsMet ? Math.Max(0, Math.Min(matched, Math.Min(terms.CapFen, missing))) : 0;
        List<string> steps =
        [
            string.Create(CultureInfo.InvariantCulture,
                $"min({terms.LabourDays}×{terms.DayRateFen}, {terms.LabourCapShare}×{terms.CashFen}) = {labour}"),
            string.Create(CultureInfo.InvariantCulture, $"{terms.CashFen} + {terms.GoodsFen} + {labour} = {own}"),
        ];
        if (test.IsMet)
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"min({matched}, {terms.CapFen}, {missing}) → {grant}"));
        return new(test.IsMet, labour, own, grant, Math.Max(0, missing - grant), new("MatchingGrant", null, [], [test], steps));
    }
}
