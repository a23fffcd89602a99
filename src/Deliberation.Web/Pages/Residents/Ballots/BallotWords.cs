using System.Text.Json.Nodes;
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
        choice == Abstain && ballot.Options.Count > 0 ? texts[ballot.IsBudget ? "vote.choice.AbstainBudget" : "vote.choice.AbstainElection"]
        : Answers.Contains(choice) ? texts[$"vote.choice.{choice}"] : ballot.Options.FirstOrDefault(o => o.Id == choice)?.Text ?? choice;

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
        var rule = ballot.Rule;
        var name = Text(rule, "rule");
        return name switch
        {
            "OwnersAssembly" => texts[OwnersAssembly.IsSpecial((OwnersMatter)Number(rule, "matter")) ? "vote.count.OwnersAssembly.special" : "vote.count.OwnersAssembly.ordinary"],
            "OfficeElection" => texts.Get(texts.Of(ballot, "vote.count.OfficeElection"), new { seats = Number(rule, "seats") }),
            "Majority" => texts.Get("vote.count.Majority", new
            {
                comparison = texts[rule["strict"]?.GetValue<bool>() == true ? "vote.more-than" : "vote.at-least"],
                threshold = texts.Fraction(Text(rule, "threshold")),
                whole = texts[texts.Of(ballot, $"vote.base.{Text(rule, "base")}")],
            }) + (rule["minTurnout"] is null ? "" : texts.Get("vote.count.turnout", new { threshold = texts.Fraction(Text(rule, "minTurnout")) })),
            "EqualShares" or "BudgetGreedy" => texts.Get(texts.Of(ballot, $"vote.count.{name}"), new { budgetFen = Number(rule, "budgetFen") }),
            _ => texts[$"vote.count.{name}"],
        };
    }

    /// <summary>Whether the vote may be changed after it is sent, and until when.</summary>
    public static string MayChange(this ITexts texts, BallotView ballot) =>
        ballot.MayReplace ? texts.Get("check.may-change", new { deadline = texts.Format.Deadline(ballot.ClosesAt) })
        : texts[ballot.IsSecret ? "check.final" : "check.final-named"];

    /// <summary>2/3 as people say it, where the language has a word for it.</summary>
    public static string Fraction(this ITexts texts, string fraction) => texts.Has($"fraction.{fraction}") ? texts[$"fraction.{fraction}"] : fraction;

    /// <summary>The key of the wording for households where the roll counts them and the language has one.</summary>
    private static string Of(this ITexts texts, BallotView ballot, string key) =>
        ballot.RollKind == "Households" && texts.Has($"{key}.Households") ? $"{key}.Households" : key;

    private static string Text(JsonObject rule, string name) => rule[name]?.ToString() ?? "";

    private static long Number(JsonObject rule, string name) => rule[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
