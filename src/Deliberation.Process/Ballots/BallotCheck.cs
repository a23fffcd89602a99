using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Process.Ballots;

/// <summary>Whether a ballot can be opened and counted as it is defined. Said before anybody votes, not at the close.</summary>
public static class BallotCheck
{
    private const int LongestId = 100; // bytes
    private const int MostOptions = 300;

    /// <summary>Raising every share step by step ends in reasonable time.</summary>
    private const long MostSteps = 20_000;

    /// <summary>The first thing that cannot stand; null when the ballot may open.</summary>
    public static string? Problem(JsonObject json, IReadOnlyList<BallotOption> options, string secrecy, string roll)
    {
        if (BallotRule.Check(json) is [var first, ..])
        {
            return $"Setting '{first.Setting}' of the rule {first.Message}.";
        }

        var rule = BallotRule.Read(json);
        return OfOptions(rule, options) ?? OfSecrecy(rule, secrecy, roll);
    }

    private static string? OfOptions(BallotRule rule, IReadOnlyList<BallotOption> options) =>
        rule.IsYesNo ? options.Count > 0 ? $"{rule.Kind} asks for or against and has no options." : null
        : options.Count == 0 ? $"{rule.Kind} chooses among options and has none."
        : options.Count > MostOptions ? string.Create(CultureInfo.InvariantCulture, $"A paper holds at most {MostOptions} options.")
        : options.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count() != options.Count ? "Two options have the same id."
        : options.FirstOrDefault(o => !IsId(o.Id)) is { } odd ? $"'{odd.Id}' cannot be an option's id."
        : rule.IsBudget && options.Any(o => o.CostFen is not > 0) ? "Every item of a budget costs more than 0."
        : rule.Completion is BudgetCompletion.Add1 or BudgetCompletion.Add1NoStop && options.Max(o => o.CostFen) / rule.ShareStepFen > MostSteps
            ? string.Create(CultureInfo.InvariantCulture, $"Setting 'shareStepFen' of the rule is at least {(options.Max(o => o.CostFen) / MostSteps) + 1} for items of this cost.")
        : rule.MayFillReserved.Except(options.Select(o => o.Id)).FirstOrDefault() is { } stranger ? $"'{stranger}' may fill a reserved seat but does not stand."
        : null;

    private static string? OfSecrecy(BallotRule rule, string secrecy, string roll) => rule.Kind switch
    {
        RuleKind.Consent when secrecy == "Secret" => "Consent is by name: who objects says why.",
        RuleKind.Majority when rule.CastingVote is not null && secrecy == "Secret" => "A casting vote is known by name.",
        RuleKind.OwnersAssembly or RuleKind.OwnersCommitteeElection or RuleKind.ChangeOfUse when roll != "Owners" => $"{rule.Kind} is the owners' and needs their roll.",
        _ => null,
    };

    /// <summary>Ids stand on papers and in commitments: no separators, and none of the fixed answers.</summary>
    private static bool IsId(string id) =>
        id.Length > 0 && Encoding.UTF8.GetByteCount(id) <= LongestId && !id.Any(char.IsControl) && !id.StartsWith(PaperForm.Because, StringComparison.Ordinal) && !Enum.TryParse<Choice>(id, out _);
}
