using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>A ballot's rule and choices in words. The rule itself is data; nothing is decided here.</summary>
public static class BallotWords
{
    /// <summary>Takes part and chooses nothing; a choice of its own, alone (弃权).</summary>
    public const string Abstain = nameof(Domain.Ballots.Choice.Abstain);

    /// <summary>The three answers to a question, in the order that never changes.</summary>
    public static IReadOnlyList<string> Answers { get; } = Enum.GetNames<Choice>();

    /// <summary>What may stand on the paper: the answers, or the options and abstaining.</summary>
    public static IReadOnlyList<string> Choices(this BallotView ballot) =>
        ballot.Options.Count == 0 ? Answers : [.. ballot.Options.Select(o => o.Id), Abstain];

    /// <summary>What one choice is called on the paper, on the check page and in the result.</summary>
    public static string Choice(this ITexts texts, BallotView ballot, string choice) =>
        choice == Abstain && ballot.Options.Count > 0 ? texts[ballot.IsBudget ? "vote.choice.AbstainBudget" : BallotRule.Read(ballot.Rule).IsChoice ? "vote.choice.AbstainOptions" : "vote.choice.AbstainElection"]
        : Answers.Contains(choice) ? texts[$"vote.choice.{choice}"]
        : choice.StartsWith(PaperForm.Because, StringComparison.Ordinal) ? texts.Get("vote.reason-said", new { reason = choice[PaperForm.Because.Length..] })
        : ballot.Options.FirstOrDefault(o => o.Id == choice)?.Text
            ?? (PaperForm.Split(choice) is { Number: { } figure } split && ballot.Options.FirstOrDefault(o => o.Id == split.Id) is { } option
                ? texts.Get(ballot.Form.Kind is PaperKind.Ranks ? "vote.rank-said" : "vote.score-said", new { option = option.Text, figure })
                : choice);

    public static string Cost(this ITexts texts, BallotOption option) =>
        option.CostFen is { } fen ? texts.Get("vote.cost", new { money = texts.Format.Money(fen) }) : "";

    /// <summary>Who may vote, and how many.</summary>
    public static string WhoMayVote(this ITexts texts, BallotView ballot) =>
        texts.Get($"vote.roll.{ballot.RollKind}", new { units = ballot.Roll.Units, persons = ballot.Roll.Persons })
        + (ballot.RollScope is null ? "" : texts.Get("vote.roll-scope", new { scope = ballot.RollScope }));

    /// <summary>A number of those whom the roll counts: households, or persons.</summary>
    public static string Voters(this ITexts texts, BallotView ballot, long count) =>
        ballot.RollKind == "Households" ? texts.Get("figure.households", new { count }) : texts.People(count);

    /// <summary>What one's own vote counts.</summary>
    public static string Weight(this ITexts texts, BallotView ballot, MyUnit unit) =>
        ballot.RollKind == "Owners" && unit.AreaHundredths > 0
            ? texts.Get("vote.weight-area", new { unit = Unbroken.Of(unit.Label), area = texts.Format.Area(unit.AreaHundredths) })
            : texts.Get("vote.weight", new { unit = Unbroken.Of(unit.Label) });

    /// <summary>How it is counted, in one or two sentences.</summary>
    public static string HowCounted(this ITexts texts, BallotView ballot)
    {
        var rule = BallotRule.Read(ballot.Rule);
        var key = texts.Of(ballot, $"vote.count.{rule.Kind}");
        return rule.Kind switch
        {
            RuleKind.OwnersAssembly => texts[OwnersAssembly.IsSpecial(rule.Matter) ? "vote.count.OwnersAssembly.special" : "vote.count.OwnersAssembly.ordinary"]
                + (rule.FollowsMajority ? texts.Get("vote.count.follow", new { basis = rule.RulesOfProcedure }) : ""),
            RuleKind.Majority when rule.AllButK is { } k => texts.Get("vote.count.AllButK", new { k }) + texts.Turnout(rule),
            RuleKind.Majority or RuleKind.TwoThirds => texts.Get(key, new
            {
                comparison = texts[rule.Threshold.Strict ? "vote.more-than" : "vote.at-least"],
                threshold = texts.Fraction(rule.Threshold),
                whole = texts[texts.Of(ballot, $"vote.base.{rule.Base}")],
            }) + texts.Turnout(rule),
            RuleKind.AllButK => texts.Get(key, new { k = rule.AllButK }) + texts.Turnout(rule),
            RuleKind.Consent => texts.Get(key, new { share = texts.Fraction(rule.MaxStandAside.ToString()) })
                + (rule.Fallback is not null && rule.Round >= rule.MaxRounds ? texts["vote.count.consent-fallback"] : "") + texts.Turnout(rule),
            RuleKind.Meeting => texts.Get(key, new { quorum = texts.Share(MeetingVote.QuorumOf(rule.Body, rule.Form)) }),
            _ when rule.IsBudget => texts.Get(key, new { budgetFen = rule.BudgetFen }),
            _ => texts.Get(key, new { seats = rule.Seats, marks = ballot.MaxChoices, max = rule.MaxScore, options = ballot.Options.Count, top = ballot.Options.Count - 1 })
                + (rule.MinApproval is { } line ? texts.Get("vote.count.approval-line", new { threshold = texts.Share(line) }) : "")
                + texts.Turnout(rule)
                + (rule.LotHash is { } hash ? texts.Get("vote.count.lot", new { hash = hash[..Math.Min(SealShown, hash.Length)] }) : ""),
        };
    }

    /// <summary>Whether the vote may be changed after it is sent, and until when.</summary>
    public static string MayChange(this ITexts texts, BallotView ballot) =>
        ballot.MayReplace ? texts.Get(ballot.IsSecret ? "check.may-change-secret" : "check.may-change", new { deadline = texts.Format.Deadline(ballot.ClosesAt) })
        : texts[ballot.IsSecret ? "check.final" : "check.final-named"];

    /// <summary>The same on the ballot's page.</summary>
    public static string MayVoteAgain(this ITexts texts, BallotView ballot) =>
        ballot.MayReplace ? texts.Get(ballot.IsSecret ? "vote.may-change-secret" : "vote.may-change", new { deadline = texts.Format.Deadline(ballot.ClosesAt) })
        : texts["vote.final"];

    private const int SealShown = 12;

    private static string Turnout(this ITexts texts, BallotRule rule) =>
        rule.MinTurnout is { } turnout ? texts.Get("vote.count.turnout", new { threshold = texts.Fraction(turnout) }) : "";

    /// <summary>At least two thirds, more than half.</summary>
    private static string Share(this ITexts texts, Threshold line) => texts[line.Strict ? "vote.more-than" : "vote.at-least"] + texts.Fraction(line);

    private static string Fraction(this ITexts texts, Threshold line) => texts.Fraction($"{line.Numerator}/{line.Denominator}");

    /// <summary>2/3 as people say it, where the language has a word for it.</summary>
    public static string Fraction(this ITexts texts, string fraction) => texts.Has($"fraction.{fraction}") ? texts[$"fraction.{fraction}"] : fraction;

    /// <summary>The key of the wording for households where the roll counts them and the language has one.</summary>
    private static string Of(this ITexts texts, BallotView ballot, string key) =>
        ballot.RollKind == "Households" && texts.Has($"{key}.Households") ? $"{key}.Households" : key;
}
