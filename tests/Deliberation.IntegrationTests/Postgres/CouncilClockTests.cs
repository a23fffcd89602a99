using Dapper;
using Deliberation.Postgres.Scheduling;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class CouncilClockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CouncilClock _clock = new(database.DataSource);

    [Fact]
    public async Task A_faster_pace_starts_from_the_present_and_never_goes_back()
    {
        var before = await _clock.ReadAsync(default);

        await _clock.SetRateAsync(1440, default);
        var after = await _clock.ReadAsync(default);
        Assert.InRange(after.Now, before.Now, before.Now + TimeSpan.FromHours(6));
        Assert.Equal(1440, after.Rate);

        await ExecuteAsync("select pg_sleep(0.05)");
        Assert.True((await _clock.ReadAsync(default)).Now - after.Now >= TimeSpan.FromSeconds(0.05 * 1440));

        await _clock.SetRateAsync(1, default);
        Assert.True((await _clock.ReadAsync(default)).Now > after.Now);
    }

    [Theory]
    [InlineData(0.999)]
    [InlineData(1_000_000.1)]
    [InlineData(double.NaN)]
    public async Task A_pace_out_of_bounds_is_refused(double rate) =>
        await Assert.ThrowsAnyAsync<Exception>(() => _clock.SetRateAsync(rate, default));

    [Fact]
    public async Task An_advance_moves_every_node_and_cannot_be_negative()
    {
        var before = await _clock.ReadAsync(default);

        await _clock.AdvanceAsync(TimeSpan.FromDays(3), default);

        Assert.True((await new CouncilClock(database.DataSource).ReadAsync(default)).Now >= before.Now + TimeSpan.FromDays(3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _clock.AdvanceAsync(TimeSpan.FromTicks(-1), default));
    }

    [Fact]
    public async Task A_machine_clock_set_back_makes_council_time_stand_and_the_next_heartbeat_sets_it_going()
    {
        await ExecuteAsync("update council_clock set anchor_machine = clock_timestamp() + interval '2 hours', rate = 1");
        var standing = (await _clock.ReadAsync(default)).Now;
        await ExecuteAsync("select pg_sleep(0.01)");
        Assert.Equal(standing, (await _clock.ReadAsync(default)).Now);

        await _clock.KeepAsync(default);
        Assert.True((await _clock.ReadAsync(default)).Now >= standing);
        await ExecuteAsync("select pg_sleep(0.01)");
        Assert.True((await _clock.ReadAsync(default)).Now > standing);
    }

    [Fact]
    public async Task Readers_of_one_connection_never_see_time_go_back_while_others_change_the_pace()
    {
        using var stop = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            for (var rate = 1; !stop.IsCancellationRequested; rate = rate == 1 ? 1000 : 1)
            {
                await _clock.SetRateAsync(rate, default);
            }
        });

        var last = DateTimeOffset.MinValue;
        for (var i = 0; i < 300; i++)
        {
            var now = (await _clock.ReadAsync(default)).Now;
            Assert.True(now >= last, $"{now:o} after {last:o}");
            last = now;
        }

        await stop.CancelAsync();
        await changing;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
