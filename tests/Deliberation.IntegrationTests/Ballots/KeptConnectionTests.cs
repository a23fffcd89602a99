using Deliberation.Features.Ballots;
using Deliberation.Postgres;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>The connection of who commits votes.</summary>
public sealed class KeptConnectionTests
{
    [Fact]
    public async Task It_is_kept_while_votes_pour_in_and_given_back_after_a_second_without()
    {
        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await using var one = DataSources.Create($"{database.ConnectionString};Maximum Pool Size=1");
        await using var kept = new KeptConnection(new VoteStore(one), new Hurried());
        var connection = await kept.OpenAsync();
        Assert.True(await kept.UntilAsync(Task.FromResult(true)));
        Assert.Same(connection, await kept.OpenAsync());

        var votes = new TaskCompletionSource<bool>();
        var waiting = kept.UntilAsync(votes.Task);
        await using (await one.OpenConnectionAsync()) // the only one there is
        {
            votes.SetResult(false);
            Assert.False(await waiting);
        }

        Assert.Equal(System.Data.ConnectionState.Open, (await kept.OpenAsync()).State);
    }

    /// <summary>Its seconds are milliseconds.</summary>
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, dueTime / 1000, period);
    }
}
