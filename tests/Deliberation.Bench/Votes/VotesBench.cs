using System.Diagnostics;

namespace Deliberation.Bench.Votes;

/// <summary>Durable casts over HTTP, by name and secret, against single-row commits of the same server.</summary>
internal static class VotesBench
{
    private const int Ballots = 20; // of 2,000 voters: 40,000 casts a kind
    private const int Paced = 5; // named, at half the pace that was reached
    private const int WarmUps = 50; // half a minute of votes of each kind: until the JIT has settled, which took a fifth of the machine after a third of that

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        var council = new Council(server);
        await council.SettleAsync(cancellationToken);
        var clock = Stopwatch.StartNew();
        var named = await council.OpenAsync(isSecret: false, Ballots + WarmUps + Paced, cancellationToken);
        var secret = await council.OpenAsync(isSecret: true, Ballots + WarmUps, cancellationToken);
        var opening = clock.Elapsed / (named.Count + secret.Count);
        await council.RestAsync(cancellationToken);

        await using var product = await ProductProcess.StartAsync(server, cancellationToken);
        using var people = new SignIns(product.Address);
        var cookies = await people.AllAsync(cancellationToken);
        var page = await people.GzippedAsync($"ballots/{named[0]}", cookies[0], cancellationToken);
        var load = new VoteLoad(product.Port, cookies);
        await load.RunAsync([.. named.Take(WarmUps), .. secret.Take(WarmUps)], cancellationToken);
        await council.UntilInLogAsync(cancellationToken);

        LoadResult byName = null!, inSecret = null!;
        var spent = TimeSpan.Zero;
        var (withLog, untilInLog) = (TimeSpan.Zero, TimeSpan.Zero);
        var commits = new SingleRowCommits(server);
        await commits.AroundAsync(
            async () =>
            {
                var before = product.ProcessorTime;
                byName = await load.RunAsync([.. named.Skip(WarmUps).Take(Ballots)], cancellationToken);
                spent = product.ProcessorTime - before;
                untilInLog = await council.UntilInLogAsync(cancellationToken);
                withLog = product.ProcessorTime - before;
            },
            async () =>
            {
                inSecret = await load.RunAsync([.. secret.Skip(WarmUps)], cancellationToken);
                await council.UntilInLogAsync(cancellationToken);
            },
            cancellationToken);
        var calm = await load.RunAsync([.. named.Skip(WarmUps + Ballots)], cancellationToken, perSecond: byName.PerSecond / 2);

        var cast = (long)Council.Voters * (((Ballots + WarmUps) * 2) + Paced);
        var stored = await council.CountVotesAsync(cancellationToken);
        if (stored != cast)
        {
            throw new BenchException($"{cast} casts were acknowledged, {stored} are stored.");
        }

        clock.Restart();
        await council.CloseAsync(named[0], cancellationToken);
        var closingNamed = clock.Elapsed;
        clock.Restart();
        await council.CloseAsync(secret[0], cancellationToken);
        var closingSecret = clock.Elapsed;
        return new Report(
            "votes",
            new Dictionary<string, double>
            {
                ["named"] = Report.Rounded(byName.PerSecond / commits.Median),
                ["secret"] = Report.Rounded(inSecret.PerSecond / commits.Median),
            },
            new Dictionary<string, double>
            {
                ["singleRowCommitsPerSecond"] = Math.Round(commits.Median),
                ["openingMsPer2000"] = Math.Round(opening.TotalMilliseconds),
                ["closingNamedMsOf2000"] = Math.Round(closingNamed.TotalMilliseconds),
                ["closingSecretMsOf2000"] = Math.Round(closingSecret.TotalMilliseconds),
                ["namedPerSecond"] = Math.Round(byName.PerSecond),
                ["namedP50Ms"] = Math.Round(byName.Latency(0.5), 1),
                ["namedP99Ms"] = Math.Round(byName.Latency(0.99), 1),
                ["namedP99MsAtHalfLoad"] = Math.Round(calm.Latency(0.99), 1),
                ["namedAppMicrosecondsPerCast"] = Math.Round(spent.TotalMicroseconds / byName.Casts, 1),
                ["namedAppMicrosecondsPerCastWithLog"] = Math.Round(withLog.TotalMicroseconds / byName.Casts, 1),
                ["castsPerBatch"] = Math.Round((double)cast / await server.CountAsync("select count(*) from audit_entry where action = 'CastVote'", cancellationToken)),
                ["namedUntilInLogSeconds"] = Math.Round(untilInLog.TotalSeconds, 1),
                ["secretPerSecond"] = Math.Round(inSecret.PerSecond),
                ["secretP50Ms"] = Math.Round(inSecret.Latency(0.5), 1),
                ["secretP99Ms"] = Math.Round(inSecret.Latency(0.99), 1),
                ["appMemoryMb"] = Math.Round(product.ResidentMegabytes),
                ["appMemoryPeakMb"] = Math.Round(product.PeakMegabytes),
                ["ballotPageGzipKb"] = Math.Round(page / 1000.0, 1),
            },
            Report.MachineWith(server.Version));
    }
}
