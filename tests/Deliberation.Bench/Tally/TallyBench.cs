using System.Diagnostics;
using System.Globalization;
using Deliberation.Cli.Verify;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Bench.Tally;

/// <summary>Seconds of the large counts: a million owners, equal shares, transferable votes, and the offline audit of a million leaves. No database.</summary>
internal static class TallyBench
{
    private const int Owners = 1_000_000;
    private const int Leaves = 1_000_000;

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var seconds = new Dictionary<string, double>();
        var figures = new Dictionary<string, double>();
        seconds["ownersSeconds"] = OfOwners();
        cancellationToken.ThrowIfCancellationRequested();

        seconds["equalSharesSyntheticSeconds"] = OfShares(SyntheticBallots.Budget(), figures, "synthetic");
        if (SharedFiles.Largest("pabulib", "*.pb") is { } budget) seconds["equalSharesSeconds"] = OfShares(BallotFiles.Read(budget, await File.ReadAllTextAsync(budget, cancellationToken))[0].Budget!, figures, "");
        else await SkipAsync("equalSharesSeconds");
        cancellationToken.ThrowIfCancellationRequested();

        seconds["stvSyntheticSeconds"] = OfTransfer(SyntheticBallots.Ward(), 4);
        if (SharedFiles.Largest("stv", "*-2007.blt") is { } ward)
        {
            var file = BallotFiles.Read(ward, await File.ReadAllTextAsync(ward, cancellationToken))[0];
            seconds["stvSeconds"] = OfTransfer(file.Ranked!, file.Seats ?? 1);
            figures["stvPapers"] = file.Ranked!.Total;
        }
        else
        {
            await SkipAsync("stvSeconds");
        }

        var folder = Directory.CreateTempSubdirectory("dlbtally-").FullName;
        try
        {
            LedgerBundle.Write(folder, Leaves, cancellationToken);
            var (before, clock) = (GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
            var result = BundleAudit.Run(folder);
            seconds["ledgerSeconds"] = Report.Rounded(clock.Elapsed.TotalSeconds);
            if (!result.IsOk || result.Size != Leaves) throw new BenchException($"The bundle of {Leaves} leaves does not pass: {result.Problem}");
            figures["ledgerLogMb"] = Math.Round(new FileInfo(Path.Combine(folder, "log.txt")).Length / 1e6, 1);
            figures["ledgerAllocatedMb"] = Math.Round((GC.GetTotalAllocatedBytes() - before) / 1e6, 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return new Report("tally", seconds, figures, Report.MachineWith(null));
    }

    private static double OfOwners()
    {
        var random = new Random(1);
        var entries = Enumerable.Range(0, Owners).Select(i => new OwnersRollEntry(string.Create(CultureInfo.InvariantCulture, $"{i / 200}-{i % 200}"), random.Next(4_000, 14_000), [])).ToList();
        var papers = entries.Select(e => new OwnersPaper(e.Key, (Choice)random.Next(3))).ToArray();
        random.Shuffle(papers);
        return Best(3, () =>
        {
            var decision = OwnersAssembly.Decide(new OwnersRoll(entries), papers, OwnersMatter.PropertyManager);
            if (decision.TakingPart.Persons != Owners) throw new BenchException("Not everybody was counted.");
        });
    }

    private static double OfShares(BudgetFile budget, Dictionary<string, double> figures, string name)
    {
        var key = (string what) => name.Length == 0 ? what : name + char.ToUpperInvariant(what[0]) + what[1..];
        figures[key("voters")] = budget.Papers.Count;
        figures[key("projects")] = budget.Projects.Count;
        foreach (var completion in new[] { BudgetCompletion.Greedy, BudgetCompletion.Add1 })
        {
            figures[key($"equalShares{completion}Seconds")] = Best(1, () => ParticipatoryBudget.Decide(
                budget.BudgetFen, budget.Projects, budget.Papers, new() { Completion = completion }));
        }

        return Best(3, () => ParticipatoryBudget.Decide(budget.BudgetFen, budget.Projects, budget.Papers, new()));
    }

    private static double OfTransfer(RankedPapers papers, int seats) => Best(5, () => StvScottish.Decide(papers, seats, Lot.Seeded("bench")));

    /// <summary>The best of several: the first also compiles.</summary>
    private static double Best(int times, Action action) => Report.Rounded(Enumerable.Range(0, times).Min(_ =>
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }));

    private static Task SkipAsync(string key) => Console.Error.WriteLineAsync($"skipped: {key}: shared/election-data is not beside the checkout.");
}
