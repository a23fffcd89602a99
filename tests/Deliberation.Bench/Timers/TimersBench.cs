using System.Diagnostics;
using Deliberation.Bench.Votes;
using Deliberation.Testing;

namespace Deliberation.Bench.Timers;

/// <summary>Timers: a million that wait, a storm on three nodes, against Quartz.NET alone, how late, and reminders to a hundred thousand.</summary>
internal static class TimersBench
{
    private const int Storm = 10_000;
    private const int WarmUp = 3_000; // nodes that have run for a while have compiled what they run
    private const int Scheduled = 2_000;
    private const int PerSecond = 100;
    private const int Seconds = 20;
    private const int NonVoters = 100_000;

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        var waiting = new WaitingTimers(server);
        await waiting.SettleAsync(cancellationToken);
        _ = await StormAsync(server, waiting, WarmUp, cancellationToken);
        var storm = await StormAsync(server, waiting, Storm, cancellationToken);
        var (p50, p99) = await LatenessAsync(server, waiting, cancellationToken);
        var ours = await ScheduleAndFireAsync(server, waiting, cancellationToken);
        var quartz = await QuartzAlone.MeasureAsync(server, cancellationToken);
        var overDead = await waiting.ClaimOverDeadAsync(cancellationToken);
        var (insert, claim, insertMs, claimMs) = await waiting.MillionAsync(cancellationToken);
        await server.ExecuteAsync("truncate workflow_instance cascade", cancellationToken);
        var reminded = await RemindAsync(server, cancellationToken);
        return new Report(
            "timers",
            new Dictionary<string, double>
            {
                ["insertAtMillion"] = Report.Rounded(insert),
                ["claimAtMillion"] = Report.Rounded(claim),
                ["overQuartz"] = Report.Rounded(ours / quartz),
            },
            new Dictionary<string, double>
            {
                ["insertAtMillionMs"] = Math.Round(insertMs, 2),
                ["claimAtMillionMs"] = Math.Round(claimMs, 2),
                ["claimP99MsOver25000Dead"] = Math.Round(overDead, 1),
                ["storm10000Seconds"] = Math.Round(storm, 1),
                ["timersPerSecond"] = Math.Round(ours),
                ["quartzTimersPerSecond"] = Math.Round(quartz),
                ["lateP50MsAt100PerSecond"] = p50,
                ["lateP99MsAt100PerSecond"] = p99,
                ["remind100000Seconds"] = Math.Round(reminded, 2),
            },
            Report.MachineWith(server.Version));
    }

    /// <returns>Seconds from the instant at which all are due until the last has fired.</returns>
    private static async Task<double> StormAsync(BenchServer server, WaitingTimers waiting, int timers, CancellationToken cancellationToken)
    {
        await waiting.PlanAsync(timers, $"council_now() + interval '1 hour' + n * interval '{1.0 / timers:0.######} seconds'", cancellationToken);
        await using var nodes = await PumpNodes.StartAsync(server, 3, cancellationToken);
        await server.ExecuteAsync("update council_clock set anchor_council = anchor_council + interval '1 hour'", cancellationToken);
        var clock = Stopwatch.StartNew();
        await UntilFiredAsync(server, timers, cancellationToken);
        return clock.Elapsed.TotalSeconds;
    }

    /// <returns>Milliseconds.</returns>
    private static async Task<(double P50, double P99)> LatenessAsync(BenchServer server, WaitingTimers waiting, CancellationToken cancellationToken)
    {
        await waiting.PlanAsync(PerSecond * Seconds, $"council_now() + interval '1 hour 3 seconds' + n * interval '{1_000 / PerSecond} milliseconds'", cancellationToken);
        await using var nodes = await PumpNodes.StartAsync(server, 3, cancellationToken);
        await server.ExecuteAsync("update council_clock set anchor_council = anchor_council + interval '1 hour'", cancellationToken);
        await UntilFiredAsync(server, PerSecond * Seconds, cancellationToken);
        return (await PercentileAsync(0.5), await PercentileAsync(0.99));

        async Task<double> PercentileAsync(double share) =>
            await server.CountAsync($"select percentile_disc({share.ToString(System.Globalization.CultureInfo.InvariantCulture)}) within group (order by lateness_ms) from workflow_timer_log", cancellationToken);
    }

    /// <returns>Timers scheduled, each by a workflow that starts, and fired on one node a second: their number by the time of both.</returns>
    private static async Task<double> ScheduleAndFireAsync(BenchServer server, WaitingTimers waiting, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("truncate workflow_instance, workflow_timer_log cascade", cancellationToken);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var timer = 0; timer < Scheduled / 8; timer++)
                {
                    await waiting.ScheduleAsync(cancellationToken);
                }
            },
            cancellationToken)));
        var scheduling = clock.Elapsed;
        await server.ExecuteAsync("update council_clock set anchor_council = anchor_council + interval '400 days'", cancellationToken);
        clock.Restart();
        await using var node = await PumpNodes.StartAsync(server, 1, cancellationToken);
        await UntilFiredAsync(server, Scheduled, cancellationToken);
        return Scheduled / (scheduling + clock.Elapsed).TotalSeconds;
    }

    /// <returns>Seconds of one statement that writes a reminder for everybody on the roll who has not voted.</returns>
    private static async Task<double> RemindAsync(BenchServer server, CancellationToken cancellationToken)
    {
        var council = new Council(server, NonVoters);
        await server.ExecuteAsync("truncate community, outbox_message cascade", cancellationToken);
        await council.SettleAsync(cancellationToken);
        await server.ExecuteAsync("analyze", cancellationToken);
        var ballot = (await council.OpenAsync(isSecret: false, 1, cancellationToken)).Single();
        await council.RestAsync(cancellationToken);
        var clock = Stopwatch.StartNew();
        await council.RemindAsync(ballot, cancellationToken);
        var took = clock.Elapsed.TotalSeconds;
        return await server.CountAsync("select count(*) from outbox_message where sent_at is null", cancellationToken) == NonVoters
            ? took
            : throw new BenchException("Not everybody was reminded.");
    }

    /// <exception cref="BenchException">One fired twice or early.</exception>
    /// <exception cref="TimeoutException">Not all fired within two minutes.</exception>
    private static async Task UntilFiredAsync(BenchServer server, int timers, CancellationToken cancellationToken)
    {
        await Eventually.HoldsAsync(async () => await server.CountAsync("select count(*) from workflow_timer_log", cancellationToken) >= timers, TimeSpan.FromMinutes(2));
        if (await server.CountAsync("select count(*) from (select from workflow_timer_log group by bookmark_id having count(*) > 1 or bool_or(fired_at < due_at)) wrong", cancellationToken) > 0)
        {
            throw new BenchException("A timer fired twice or early.");
        }
    }
}
