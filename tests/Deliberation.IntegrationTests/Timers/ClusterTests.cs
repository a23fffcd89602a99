using System.Diagnostics;
using Deliberation.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>Three nodes on one database (reliability.md F10, F11, F21; P13): each timer once, never early, soon, in order.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Delay = """{"id":"d","type":"Elsa.Delay","timeSpan":"1.00:00:00"}""";

    private static readonly string TwoDelays =
        $$$"""
        {"id":"f","type":"Elsa.Flowchart","activities":[{"id":"k","type":"Elsa.FlowFork","branches":["a","b"]},{{{Named("d1")}}},{{{Named("d2")}}}],"connections":[
         {"source":{"activity":"k","port":"a"},"target":{"activity":"d1","port":"In"}},{"source":{"activity":"k","port":"b"},"target":{"activity":"d2","port":"In"}}]}
        """;

    private Nodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await Nodes.CreateAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync().AsTask();

    /// <remarks>10,000 with <c>DELIBERATION_FAULTS=all</c>, and in bench <c>timers</c>; fewer here.</remarks>
    [Fact]
    public async Task All_that_is_due_in_one_second_fires_once_and_in_order_within_each_workflow()
    {
        var workflows = Environment.GetEnvironmentVariable("DELIBERATION_FAULTS") == "all" ? 5_000 : 500;
        for (var node = 0; node < 3; node++)
        {
            _nodes.Add();
        }

        // two waits in each, which come due in the other order than they were made
        await _nodes.PlanAsync(
            "many", TwoDelays,
            workflows, $"council_now() + interval '1 hour' + (({2 * workflows} - n) % 1000) * interval '1 millisecond'");
        await _nodes.StartAsync();
        var clock = Stopwatch.StartNew();
        await _nodes.Database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(1));

        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") == 2 * workflows, TimeSpan.FromSeconds(30));
        output.WriteLine($"{2 * workflows} timers in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Null(await _nodes.FaultAsync());
        Assert.Equal(0, await _nodes.OneAsync<long>("select count(*) from workflow_instance where status = 'Running'"));
    }

    /// <remarks>The hour that New York counts twice is a session's there: an instant read as local time would be an hour off.</remarks>
    [Theory]
    [InlineData("2028-02-28 23:59:58Z", null)] // a leap day begins
    [InlineData("2028-11-05 05:59:58Z", "America/New_York")]
    public async Task Nodes_whose_clocks_are_wrong_or_jump_fire_nothing_early(string begins, string? zone)
    {
        var start = DateTimeOffset.Parse(begins, System.Globalization.CultureInfo.InvariantCulture);
        await _nodes.Database.SetCouncilTimeAsync(start);
        WrongClock behind = new(TimeSpan.FromHours(-2), 1), fast = new(TimeSpan.Zero, 10);
        _nodes.Add(new WrongClock(TimeSpan.FromHours(2), 1));
        _nodes.Add(behind, zone: zone);
        _nodes.Add(fast, zone: zone);
        await _nodes.PlanAsync("soon", Delay, 80, $"timestamptz '{begins}' + interval '1 second' + n * interval '25 milliseconds'");
        await _nodes.PlanAsync("later", Delay, 20, $"timestamptz '{begins}' + interval '1 hour 1 second' + n * interval '1 minute'"); // within the two hours
        await _nodes.Database.SetCouncilTimeAsync(start);

        await _nodes.StartAsync();
        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") >= 20);
        behind.Jump(TimeSpan.FromHours(5));
        fast.Jump(TimeSpan.FromHours(-5));
        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") >= 80);

        Assert.Null(await _nodes.FaultAsync());
        Assert.Equal(20, await _nodes.OneAsync<long>("select count(*) from workflow_timer")); // an hour ahead of the only clock that counts
        Assert.InRange(await LatenessP99Async(), 0, 2_000);
    }

    /// <remarks>Set back, council time stands until a node's next beat and goes on from there: what it was about to bring does not wait an hour.</remarks>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_database_whose_clock_jumps_an_hour_fires_nothing_early_twice_or_an_hour_late(int hours)
    {
        _nodes.Add();
        _nodes.Add();
        await _nodes.PlanAsync("soon", Delay, 40, "council_now() + interval '3 seconds' + n * interval '25 milliseconds'");
        await _nodes.PlanAsync("later", Delay, 10, "council_now() + interval '2 hours'");
        await _nodes.StartAsync();
        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") >= 10);
        await _nodes.RunAsync("update council_clock set anchor_machine = anchor_machine - @jump", new { jump = TimeSpan.FromHours(hours) }); // all that it sees of the machine's clock is the difference to this

        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") == 40);
        Assert.Null(await _nodes.FaultAsync(isClockSteady: false)); // what was claimed just before may be written just after
        Assert.Equal(10, await _nodes.OneAsync<long>("select count(*) from workflow_timer"));
    }

    [Fact]
    public async Task Without_a_wake_up_polling_finds_work_within_a_second()
    {
        _nodes.Add(isDeaf: true);
        _nodes.Add(isDeaf: true);
        await _nodes.PlanAsync("unheard", Delay, 60, "council_now() + interval '1 hour'");
        await _nodes.StartAsync();

        // One after the other comes due at once, and nobody says so.
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(70));
        while (await beat.WaitForNextTickAsync() && await _nodes.OneAsync<bool>("select exists (select from workflow_timer where due_at > council_now())"))
        {
            await _nodes.RunAsync("update workflow_timer set due_at = council_now() where bookmark_id = (select min(bookmark_id) from workflow_timer where due_at > council_now())");
        }

        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>("select count(*) from workflow_timer_log") == 60);
        var p99 = await LatenessP99Async();
        output.WriteLine($"p99 {p99} ms");
        Assert.InRange(p99, 0, 1_200);
    }

    private static string Named(string id) => Delay.Replace("\"d\"", $"\"{id}\"", StringComparison.Ordinal);

    private Task<long> LatenessP99Async() => _nodes.OneAsync<long>("select percentile_disc(0.99) within group (order by lateness_ms) from workflow_timer_log");

    /// <summary>A machine whose clock is off, or runs too fast.</summary>
    private sealed class WrongClock(TimeSpan off, double rate) : TimeProvider
    {
        private readonly long _began = System.GetTimestamp();
        private TimeSpan _off = off;

        public void Jump(TimeSpan by) => _off += by;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _off + (System.GetElapsedTime(_began) * (rate - 1));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

        private TimeSpan Faster(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? span : span / rate;
    }
}
