using System.Text.Json;
using Deliberation.Bench.Start;
using Deliberation.Bench.Steps;
using Deliberation.Bench.Tally;
using Deliberation.Bench.Timers;
using Deliberation.Bench.Votes;

namespace Deliberation.Bench;

/// <summary>The command line: <c>LIST</c> or the name of a benchmark, and <c>--json</c>. Exit 0 = measured, 1 = went wrong, 2 = usage.</summary>
internal static class BenchLine
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    private static readonly IReadOnlyList<Benchmark> All =
    [
        new("votes", "durable casts a second over HTTP ÷ single-row commits: named, secret", VotesBench.RunAsync),
        new("steps", "durable workflow steps a second ÷ single-row commits; million activities a second in memory", StepsBench.RunAsync),
        new("timers", "a million that wait ÷ a thousand; timers a second ÷ Quartz.NET alone; 10,000 at once on 3 nodes; reminders to 100,000", TimersBench.RunAsync),
        new("tally", "seconds: a million owners, equal shares, transferable votes, a million leaves audited offline", TallyBench.RunAsync),
        new("start", "seconds from 'dotnet run' to the first page: first start, second start", StartBench.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var isJson = args.Contains("--json");
        var names = args.Where(arg => arg != "--json").ToArray();
        if (names is ["LIST"])
        {
            Console.WriteLine(isJson
                ? JsonSerializer.Serialize(All.Select(b => new { b.Name, b.What }), Camel)
                : string.Join(Environment.NewLine, All.Select(b => $"{b.Name,-8}{b.What}")));
            return 0;
        }

        if (names is not [var name] || All.FirstOrDefault(b => b.Name == name) is not { } benchmark)
        {
            await Console.Error.WriteLineAsync($"Usage: LIST | {string.Join(" | ", All.Select(b => b.Name))} [--json]");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true; // the server and its folder must go first
            stop.Cancel();
        };
        try
        {
            var report = await benchmark.Run(stop.Token);
            Console.WriteLine(isJson ? JsonSerializer.Serialize(report, Camel) : report.ToTable());
            return 0;
        }
        catch (Exception problem) when (problem is BenchException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private sealed record Benchmark(string Name, string What, Func<CancellationToken, Task<Report>> Run);
}

/// <summary>The product under measurement answered something else than it must.</summary>
internal sealed class BenchException(string message) : Exception(message);
