using System.Diagnostics;
using System.Globalization;
using Deliberation.Cli.Verify;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Bench.Tally;

/// <summary>Seconds of the large counts: a million owners, equal shares, transferable votes, and the offline audit of a million leaves. No database.</summary>
internal sealed class TallyBench
{
    private const int Owners = 1_000_000;
    private const int Leaves = 1_000_000;

    private readonly Dictionary<string, double> _seconds = [];
    private readonly Dictionary<string, double> _figures = [];

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var bench = new TallyBench();
        bench.OfOwners();
        cancellationToken.ThrowIfCancellationRequested();
        await bench.OfBudgetsAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await bench.OfWardsAsync(cancellationToken);
        bench.OfLedger(cancellationToken);
        return new Report("tally", bench._seconds, bench._figures, Report.MachineWith(null));
    }

    private void OfOwners()
    {
        var random = new Random(1);
        var entries = Enumerable.Range(0, Owners).Select(i => new OwnersRollEntry(Key(i), random.Next(4_000, 14_000), [])).ToList();
        var arrival = Enumerable.Range(0, Owners).ToArray();
        random.Shuffle(arrival);
        var papers = Array.ConvertAll(arrival, i => new OwnersPaper(Key(i), (Choice)random.Next(3))); // as read from a table: in the order of arrival, with keys of their own
        Measure("owners", 3, () =>
        {
            var decision = OwnersAssembly.Decide(new OwnersRoll(entries), papers, OwnersMatter.PropertyManager);
            if (decision.TakingPart.Persons != Owners) throw new BenchException("Not everybody was counted.");
        });
    }

    private async Task OfBudgetsAsync(CancellationToken cancellationToken)
    {
        OfShares("equalSharesSynthetic", 3, SyntheticBallots.Budget(), new());
        if (SharedFiles.Largest("pabulib", "*.pb") is not { } path)
        {
            await SkipAsync("equalSharesSeconds");
            return;
        }

        var budget = BallotFiles.Read(path, await File.ReadAllTextAsync(path, cancellationToken))[0].Budget!;
        (_figures["equalSharesVoters"], _figures["equalSharesProjects"]) = (budget.Papers.Count, budget.Projects.Count);
        OfShares("equalShares", 3, budget, new());
        OfShares("equalSharesGreedy", 1, budget, new() { Completion = BudgetCompletion.Greedy });
        OfShares("equalSharesAdd1", 1, budget, new() { Completion = BudgetCompletion.Add1 });
    }

    private void OfShares(string name, int times, BudgetFile budget, BudgetOptions options) =>
        Measure(name, times, () => ParticipatoryBudget.Decide(budget.BudgetFen, budget.Projects, budget.Papers, options));

    private async Task OfWardsAsync(CancellationToken cancellationToken)
    {
        var synthetic = SyntheticBallots.Ward();
        Measure("stvSynthetic", 5, () => StvScottish.Decide(synthetic, 4, Lot.Seeded("bench")));
        if (SharedFiles.Largest("stv", "*-2007.blt") is not { } path)
        {
            await SkipAsync("stvSeconds");
            return;
        }

        var ward = BallotFiles.Read(path, await File.ReadAllTextAsync(path, cancellationToken))[0];
        var papers = ward.Ranked!;
        _figures["stvPapers"] = papers.Total;
        Measure("stv", 5, () => StvScottish.Decide(papers, ward.Seats ?? 1, Lot.Seeded("bench")));
    }

    private void OfLedger(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("dlbtally-").FullName;
        try
        {
            LedgerBundle.Write(folder, Leaves, cancellationToken);
            var before = GC.GetTotalAllocatedBytes();
            Measure("ledger", 1, () =>
            {
                var result = BundleAudit.Run(folder);
                if (!result.IsOk || result.Size != Leaves) throw new BenchException($"The bundle of {Leaves} leaves does not pass: {result.Problem}");
            });
            _figures["ledgerLogMb"] = Math.Round(new FileInfo(Path.Combine(folder, "log.txt")).Length / 1e6, 1);
            _figures["ledgerAllocatedMb"] = Math.Round((GC.GetTotalAllocatedBytes() - before) / 1e6, 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The best of several, since the first also compiles; with the processor time of that run, which a busy machine changes little.</summary>
    private void Measure(string name, int times, Action action)
    {
        var best = (Wall: double.MaxValue, Processor: 0.0);
        for (var time = 0; time < times; time++)
        {
            var (processor, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            action();
            var wall = clock.Elapsed.TotalSeconds;
            if (wall < best.Wall) best = (wall, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        }

        _seconds[name + "Seconds"] = Report.Rounded(best.Wall);
        _figures[name + "ProcessorSeconds"] = Report.Rounded(best.Processor);
    }

    private static string Key(int owner) => string.Create(CultureInfo.InvariantCulture, $"{owner / 200}-{owner % 200}");

    private static Task SkipAsync(string key) => Console.Error.WriteLineAsync($"skipped: {key}: shared/election-data is not beside the checkout.");
}
