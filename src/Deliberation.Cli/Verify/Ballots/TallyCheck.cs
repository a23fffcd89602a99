using Deliberation.Cli.Verify.Counting;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>Counts again and compares every figure with the published one.</summary>
internal sealed class TallyCheck(Check check, Findings findings, Urn urn, Weights roll)
{
    public void Run(TallyFile tally, string name, long index)
    {
        Compare("the roll", tally.Roll, roll);
        Compare("spoilt papers", tally.Spoilt, urn.Spoilt);
        Compare("papers set aside", tally.SetAside, urn.Papers.Count(p => p.Status is PaperStatus.SetAside));
        CompareTotals(tally, Wrong);
        try
        {
            var recounted = Recount.Decide(urn with { SignedIn = tally.Present }, tally.Seed);
            if (urn.Definition.Rule.Text("unreturned", "NotParticipating") != "NotParticipating")
                Compare("the outcome without papers that were not returned", tally.OutcomeWithout, recounted.Outcome); // which were delivered no bundle tells
            else Compare("the outcome", tally.Outcome, recounted.Outcome);
            CompareLists("the elected", tally.Elected, recounted.Elected);
            CompareLists("the funded", tally.Funded, recounted.Funded);
            if (tally.Order is { } order && recounted.Order is { } own) CompareLists("the order", order.Select(Shown), own.Select(Shown));
            check.Say($"{urn.Definition.Rule.Name}: {recounted.Outcome}");
        }
        catch (RecountException problem)
        {
            Wrong($"cannot be recounted: {problem.Message}");
        }

        void Wrong(string what) => findings.Add(check, $"{name} {what}.", index, Blame.File);

        void Compare<T>(string what, T told, T counted)
        {
            if (!Equals(told, counted)) Wrong($"tells {told} for {what}, counted {counted}");
        }

        void CompareLists(string what, IEnumerable<string>? told, IEnumerable<string>? counted)
        {
            if (told is not null && counted is not null && !told.SequenceEqual(counted)) Compare(what, Shown(told), Shown(counted));
        }
    }

    private void CompareTotals(TallyFile tally, Action<string> wrong)
    {
        var counted = new Dictionary<string, Weights>(StringComparer.Ordinal);
        foreach (var paper in urn.Counted)
        {
            var unit = urn.Definition.IsSecret ? new RollUnit(1, 0) : urn.Roll.GetValueOrDefault(paper.Unit);
            foreach (var choice in paper.Choices.Select(Supported).OfType<string>())
            {
                var sum = counted.GetValueOrDefault(choice);
                counted[choice] = new(sum.Units + 1, sum.Persons + unit.Persons, sum.Area + unit.AreaHundredths);
            }
        }

        foreach (var (choice, told) in tally.Totals)
        {
            var own = counted.GetValueOrDefault(choice);
            if (told != own) wrong($"tells {told} for '{choice}', counted {own}");
            counted.Remove(choice);
        }

        foreach (var choice in counted.Keys) wrong($"leaves out '{choice}'");
    }

    /// <summary>A mark, a first place or a score above 0 is for its option; null when the words are for none.</summary>
    private string? Supported(string choice)
    {
        if (urn.Definition.Options.Count == 0 || choice == PaperForm.Abstain) return choice.StartsWith(PaperForm.Because, StringComparison.Ordinal) ? null : choice;
        return PaperForm.KindOf(urn.Definition.Rule.Name) switch
        {
            PaperKind.Ranks => PaperForm.Split(choice) is (var id, 1) ? id : null,
            PaperKind.Scores => PaperForm.Split(choice) is (var id, > 0) ? id : null,
            _ => choice,
        };
    }

    private static string Shown(IEnumerable<string> list) => $"[{string.Join(", ", list)}]";
}
