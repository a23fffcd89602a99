namespace Deliberation.Cli.Verify.Counting;

/// <summary>Counts an opened urn by its ballot's rule, without a line of the program that counted it first.</summary>
internal static class Recount
{
    /// <exception cref="RecountException">The rule is not known here, or the bundle lacks what it asks.</exception>
    public static Recounted Decide(Urn urn, string? seed) => urn.Definition.Rule.Name switch
    {
        "OwnersAssembly" => YesNoCount.Owners(urn),
        "Majority" or "TwoThirds" or "AllButK" or "Unanimous" => YesNoCount.Majority(urn),
        "Consent" => YesNoCount.Consent(urn),
        "OfficeElection" => OfficeCount.Count(urn),
        "BudgetGreedy" or "BudgetGreedyNoSkip" or "EqualShares" => BudgetCount.Count(urn),
        _ => ChoiceCount.Count(urn, seed),
    };
}
