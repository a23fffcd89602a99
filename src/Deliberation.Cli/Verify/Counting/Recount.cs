using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>Counts an opened urn by its ballot's rule, without a line of the program that counted it first.</summary>
internal static class Recount
{
    /// <exception cref="RecountException">The rule is not known here, or the bundle lacks what it asks.</exception>
    /// <param name="seed">Of the lot; null when the bundle does not tell it.</param>
    public static Recounted Decide(Urn urn, string? seed)
    {
        if (seed is not null && urn.Definition.Rule.Text("lotHash") is { } hash && Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) != hash)
            throw new RecountException("the seed of the lot is not the one whose hash was fixed at the opening");
        return Decide(urn.Definition.Rule.Name, urn, seed);
    }

    private static Recounted Decide(string rule, Urn urn, string? seed) => rule switch
    {
        "OwnersAssembly" => YesNoCount.Owners(urn),
        "Majority" or "TwoThirds" or "AllButK" or "Unanimous" => YesNoCount.Majority(urn),
        "Consent" => YesNoCount.Consent(urn),
        "Recall" => YesNoCount.Recall(urn),
        "Meeting" => YesNoCount.Meeting(urn),
        "OfficeElection" => OfficeCount.Count(urn, seed),
        "OwnersCommitteeElection" => OwnersCommitteeCount.Count(urn),
        "BudgetGreedy" or "BudgetGreedyNoSkip" or "EqualShares" => BudgetCount.Count(urn),
        _ => ChoiceCount.Count(urn, seed),
    };
}
