using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Dapper;
using Deliberation.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>PostgreSQL stopped fast, stopped at once, killed, and its sessions cut one by one, under a product that goes on asking (reliability.md F3, P21).</summary>
/// <remarks>The suite stops it fast and kills it, once each: the supervisor waits twice as long after each time. <c>DELIBERATION_FAULTS=all</c> does it five times, as often as the supervisor starts it again, and cuts 200 sessions instead of 20.</remarks>
public sealed class DatabaseRestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Healed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    [CrashFact]
    public async Task While_the_database_is_away_the_answer_is_to_come_again_and_soon_after_it_is_back_all_is_well()
    {
        await using var product = await CrashingProduct.StartEmbeddedAsync(new Dictionary<string, string> { ["TZ"] = "America/New_York", ["PGTZ"] = "America/New_York" }); // F10 too
        var process = product.ProcessId;
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<(HttpStatusCode Status, bool SaysWhen)>();
        var asking = AskAsync(product, answers, stop.Token);
        var isFull = Environment.GetEnvironmentVariable("DELIBERATION_FAULTS") == "all";
        string[] signals = isFull ? ["INT", "QUIT", "KILL", "QUIT", "INT"] : ["INT", "KILL"];
        foreach (var signal in signals)
        {
            var before = answers.Count;
            product.SignalDatabase(signal);
            await Eventually.HoldsAsync(() => answers.Skip(before).Any(answer => answer.Status == HttpStatusCode.ServiceUnavailable));
            await Eventually.HoldsAsync(async () => await AcceptsAsync(product));
            var clock = Stopwatch.StartNew();
            await Eventually.HoldsAsync(() => answers.Reverse().Take(20).All(answer => answer.Status == HttpStatusCode.OK), Healed);
            await PumpsAsync(product);
            output.WriteLine($"{signal}: well {clock.Elapsed.TotalSeconds:0.0} s after it accepts");
        }

        for (var cut = 0; cut < (isFull ? 200 : 20); cut++)
        {
            await using var connection = await product.DataSource.OpenConnectionAsync();
            await connection.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 1");
        }

        await Eventually.HoldsAsync(() => answers.Reverse().Take(20).All(answer => answer.Status == HttpStatusCode.OK), Healed);
        await PumpsAsync(product);
        await stop.CancelAsync();
        await asking;
        Assert.Equal(process, product.ProcessId);
        Assert.Empty(answers.Where(answer => answer.Status is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)).Select(answer => answer.Status).Distinct());
        Assert.All(answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable), answer => Assert.True(answer.SaysWhen));
    }

    /// <summary>The pump is back as soon as the pages: what may leave leaves, and what must wait an hour waits. The node listens again for the others and says that it lives.</summary>
    private static async Task PumpsAsync(CrashingProduct product)
    {
        product.DataSource.Clear(); // our own connections may lead nowhere now
        var key = $"{Guid.NewGuid():N}";
        DateTime began;
        await using (var connection = await product.DataSource.OpenConnectionAsync())
        {
            began = await connection.ExecuteScalarAsync<DateTime>("select clock_timestamp()");
            await connection.ExecuteAsync(
                """
                insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, text_key, reason_key, council_at, not_before)
                select 1, gen_random_uuid(), @key || n, 'InApp', resident_id, 'contact.message.test', 'contact.reason.test', council_now(), council_now() + n * interval '1 hour'
                from (select resident_id from resident where community_id = 1 limit 1) someone, generate_series(0, 1) n
                """,
                new { key });
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                await using var connection = await product.DataSource.OpenConnectionAsync();
                return await connection.ExecuteScalarAsync<string>("select string_agg(right(dedup_key, 1), '') from outbox_message where sent_at is not null and dedup_key like @key || '%'", new { key }) == "0";
            },
            Healed);
        await Eventually.HoldsAsync(
            async () =>
            {
                await using var connection = await product.DataSource.OpenConnectionAsync();
                return await connection.ExecuteScalarAsync<bool>(
                    """
                    select exists (select from pg_stat_activity where application_name = 'deliberation-listen')
                        and exists (select from node where beat_at > @began)
                    """,
                    new { began });
            },
            Beat + Healed);
    }

    /// <summary>Asks for a page that is read from the database, forty times a second.</summary>
    private static async Task AskAsync(CrashingProduct product, ConcurrentQueue<(HttpStatusCode Status, bool SaysWhen)> answers, CancellationToken cancellationToken)
    {
        using var browser = new HttpClient { BaseAddress = product.Address, Timeout = TimeSpan.FromSeconds(10) };
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!cancellationToken.IsCancellationRequested)
        {
            using var answer = await browser.GetAsync(new Uri("/projects", UriKind.Relative), CancellationToken.None);
            answers.Enqueue((answer.StatusCode, answer.Headers.RetryAfter is not null));
            await beat.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> AcceptsAsync(CrashingProduct product)
    {
        try
        {
            product.DataSource.Clear();
            await using var connection = await product.DataSource.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<int>("select 1") == 1;
        }
        catch (Npgsql.NpgsqlException)
        {
            return false; // still away
        }
    }
}
