using System.Collections.Concurrent;
using AngleSharp.Html.Dom;
using Deliberation.Domain;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The product's own PostgreSQL is killed while people vote.</summary>
public sealed class DatabaseCrashTests
{
    private const int Voters = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [CrashFact]
    public async Task No_acknowledged_vote_is_lost_and_the_product_heals_by_itself()
    {
        await using var product = await CrashingProduct.StartEmbeddedAsync();
        using var player = new ProjectPlayer(product, new CommunityId(1));
        OpenBallot? ballot = null;
        player.Vote = open => Task.FromResult(ballot = open);
        await player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await player.PlayUntilAsync(() => Task.FromResult(ballot is not null));
        var papers = new ConcurrentBag<(Browser Browser, IHtmlFormElement Check)>();
        await Parallel.ForEachAsync((await player.UnitsAsync(ballot!.Id)).Take(Voters), async (unit, _) => papers.Add(await player.FillInPaperAsync(ballot.Id, unit, ballot.Yes)));
        var process = product.ProcessId;

        var receipts = new ConcurrentBag<string>();
        var refusals = 0;
        var isKilled = 0;
        await Parallel.ForEachAsync(papers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (paper, _) =>
        {
            using var patience = new CancellationTokenSource(Patience);
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (true)
            {
                var answer = await paper.Browser.SubmitAsync(paper.Check);
                if (answer.IsSuccessStatusCode && ProjectPlayer.CodeOn(await Browser.ParseAsync(answer)) is { } code)
                {
                    receipts.Add(code);
                    break;
                }

                Interlocked.Increment(ref refusals);
                await again.WaitForNextTickAsync(patience.Token);
            }

            if (receipts.Count >= Voters / 4 && Interlocked.Exchange(ref isKilled, 1) == 0)
            {
                product.KillDatabase();
            }

            paper.Browser.Dispose();
        });

        Assert.True(refusals > 0, "Nobody noticed that the database was away: it died too late.");
        Assert.Equal(process, product.ProcessId);
        Assert.Equal(Voters, receipts.Distinct().Count());
        Assert.Equal(Voters, await player.OneAsync<long>("select count(*) from participation where community_id = @community and ballot_id = @Id", new { ballot.Id }));
        using var anybody = player.People.Stranger();
        foreach (var code in receipts)
        {
            Assert.NotNull((await anybody.ReadAsync($"/verify?code={Uri.EscapeDataString(code)}")).QuerySelector(".note.ok"));
        }
    }
}
