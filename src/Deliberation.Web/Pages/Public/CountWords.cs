using System.Globalization;
using System.Numerics;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;

namespace Deliberation.Web.Pages.Public;

/// <summary>What a rule worked out on the way, in words. All numbers come from the count.</summary>
public static class CountWords
{
    private const int Places = 3;

    /// <summary>What an option is called.</summary>
    public static string Option(this ITexts texts, BallotView ballot, string id) => texts.Choice(ballot, id);

    public static string Options(this ITexts texts, BallotView ballot, IEnumerable<string> ids) =>
        string.Join(texts["format.listSeparator"], ids.Select(id => texts.Option(ballot, id)));

    /// <summary>Head of the table of totals: what a total counts.</summary>
    public static string VotesHead(this ITexts texts, BallotView ballot) => texts[ballot.Form.Kind switch
    {
        PaperKind.Ranks => "result.votes-first",
        PaperKind.Scores => "result.votes-scored",
        _ => "result.votes",
    }];

    /// <summary>A person is elected, a thing is chosen.</summary>
    public static string Won(this ITexts texts, BallotResultView result, string id) =>
        texts[result.Funded.Contains(id) || BallotRule.Read(result.Ballot.Rule) is { IsChoice: true, IsElection: false } ? "result.funded" : "result.elected"];

    /// <summary>Who was chosen, as the reason; null for questions, elections and budgets.</summary>
    public static string? BecauseChosen(this ITexts texts, BallotResultView result) =>
        BallotRule.Read(result.Ballot.Rule) is not { IsChoice: true } || result.Outcome is "Inquorate" or "Invalid" or "Cancelled" or "Voided" or "Tied" ? null
        : result.Elected.Count == 0 ? texts["result.because-nobody"]
        : texts.Get("result.because-chosen", new { options = texts.Options(result.Ballot, result.Elected) });

    /// <summary>A stored fraction as people read it: whole, or with at most three places.</summary>
    public static string Figure(string? fraction)
    {
        if (!Fraction.TryParse(fraction, out var value))
        {
            return fraction ?? ""; // a decimal already
        }

        var thousandths = ((value * (BigInteger)1_000) + new Fraction(1, 2)).Floor;
        return thousandths > (BigInteger)decimal.MaxValue
            ? value.Floor.ToString(CultureInfo.InvariantCulture)
            : ((decimal)thousandths / 1_000m).ToString("#,0." + new string('#', Places), CultureInfo.InvariantCulture);
    }

    /// <summary>Money of a share or a payment, rounded to the fen.</summary>
    public static string Money(this ITexts texts, string? fraction) =>
        Fraction.TryParse(fraction, out var fen) && (fen + new Fraction(1, 2)).Floor is var whole && whole <= long.MaxValue ? texts.Format.Money((long)whole) : fraction ?? "";

    /// <summary>Whatever else decided, a line each: the meeting, silence, the round of consent, the casting vote, who stands by, ties.</summary>
    public static IReadOnlyList<string> Remarks(this ITexts texts, BallotResultView result)
    {
        var (ballot, count) = (result.Ballot, result.Count!);
        var lines = new List<string>();
        if (count.Present is { } present)
        {
            lines.Add(texts.Get("result.present", new { present = texts.Voters(ballot, present) }));
        }

        if (count.Silent is { } silent && silent > 0)
        {
            lines.Add(texts.Get("result.silent", new { silent = texts.Voters(ballot, silent) }));
        }

        if (count.Consent is { } consent && texts.Has($"result.consent.{consent}"))
        {
            lines.Add(texts[$"result.consent.{consent}"]);
        }

        if (count.ByCastingVote)
        {
            lines.Add(texts["result.casting"]);
        }

        if (count.Reserves is { Count: > 0 } reserves)
        {
            lines.Add(texts.Get("result.reserves", new { options = texts.Options(ballot, reserves) }));
        }

        lines.AddRange((count.Ties ?? []).Where(tie => tie.Chosen is not null).Select(tie => texts.Get(tie.ByLot ? "result.tie.lot" : "result.tie.earlier", new
        {
            tied = texts.Options(ballot, tie.Tied),
            chosen = texts.Options(ballot, tie.Chosen!.Split(", ")),
        })));
        return lines;
    }
}
