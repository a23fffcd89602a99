using System.Diagnostics;
using System.Globalization;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.Bench.Start;

/// <summary>From <c>dotnet run</c> to the first page, with the built-in database and the demo: the first time and the second.</summary>
internal static class StartBench
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"dlbstart-{Guid.NewGuid():N}"[..20])).FullName;
        try
        {
            var first = await StartAsync(folder, cancellationToken);
            var second = await StartAsync(folder, cancellationToken);
            return new Report(
                "start",
                new Dictionary<string, double>(),
                new Dictionary<string, double> { ["firstPageSeconds"] = Math.Round(first, 1), ["firstPageSecondsAgain"] = Math.Round(second, 1) },
                Report.MachineWith(null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var url = $"http://127.0.0.1:{ProductProcess.FreePort()}";
        var start = new ProcessStartInfo("setsid", ["dotnet", "run", "--project", Repository.WebProject, "--", "--data", folder, "--urls", url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["XDG_DATA_HOME"] = folder;
        var clock = Stopwatch.StartNew();
        using var run = OsProcess.Start(start)!;
        _ = run.StandardError.ReadToEndAsync(CancellationToken.None);
        var words = run.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var answers = await ProductProcess.AnswersAsync(new Uri(url), Patience, () => run.HasExited, cancellationToken);
        var took = clock.Elapsed.TotalSeconds;
        if (!run.HasExited)
        {
            // What Ctrl+C does: SIGINT to the whole group.
            using var kill = OsProcess.Start("kill", ["-INT", "--", string.Create(CultureInfo.InvariantCulture, $"-{run.Id}")]);
            await kill.WaitForExitAsync(cancellationToken);
            await run.WaitForExitAsync(cancellationToken);
        }

        return answers ? took : throw new BenchException($"No page within {Patience.TotalMinutes} min. {await words}");
    }
}
