using Deliberation.Features.Workflows;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>Steps that throw, hang, eat memory or call what is not there (reliability.md F18; P18, P19; one that calls itself: <c>SelfCallingWorkflowTests</c>): they are put aside by rule and nobody else waits for them.</summary>
public sealed class PoisonTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Delay = """{"id":"d","type":"Elsa.Delay","timeSpan":"01:00:00"}""";
    private const int Healthy = 200;
    private readonly TaskCompletionSource _end = new();
    private Nodes _nodes = null!;

    public async Task InitializeAsync()
    {
        _nodes = await Nodes.CreateAsync();
        _nodes.Add(
            more: services =>
            {
                services.AddSingleton(new ActivityRegistry().AddAssembly(typeof(ProcessFacts).Assembly).Add<PoisonActivity>());
                services.AddSingleton<IWorkflowCommandHandler<PoisonCommand>>(new PoisonHandler(_end));
            },
            settings: ("Pump:StepBudget", "00:00:00.3"));
    }

    public async Task DisposeAsync()
    {
        _end.SetResult();
        await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task Poisoned_steps_are_parked_after_eight_failures_and_slow_nobody_else()
    {
        await PlanHealthyAsync("calm");
        await _nodes.StartAsync();
        var calm = await FireAsync("calm");

        await PlanHealthyAsync("beside");
        foreach (var kind in new[] { "throw", "throw", "hang" })
        {
            await _nodes.StartInstanceAsync($"poison-{kind}", $$"""{{Delay}},{"id":"p","type":"Tests.Poison","kind":"{{kind}}"}""");
        }

        await _nodes.StartInstanceAsync("poison-memory", $$"""{{Delay}},{"id":"p","type":"Tests.Poison","kind":"memory"}""");
        await _nodes.StartInstanceAsync("poison-missing", $$"""{{Delay}},{"id":"p","type":"Elsa.ExecuteWorkflow","workflowDefinitionId":"nowhere"}""");
        var beside = await FireAsync("beside");
        output.WriteLine($"p99 {calm} ms alone, {beside} ms beside poison");
        Assert.InRange(beside, 0, (1.5 * calm) + 100); // what a garbage collection and two cores add to a few milliseconds

        const string Open = "select count(*) from workflow_timer t join workflow_instance i using (community_id, instance_id) where i.definition_id in ('poison-throw', 'poison-hang', 'poison-missing') and t.parked_at is null";
        await Eventually.HoldsAsync(async () =>
        {
            await _nodes.RunAsync("update workflow_timer set retry_at = clock_timestamp() where retry_at is not null and parked_at is null"); // a day of waiting
            return await _nodes.OneAsync<long>(Open) == 0;
        });
        Assert.Equal(4, await _nodes.OneAsync<long>("select count(*) from workflow_timer where attempts = 8 and parked_at is not null"));
        Assert.Equal("The step took longer than 0.3 s.", await _nodes.OneAsync<string>("select last_error from workflow_timer t join workflow_instance i using (community_id, instance_id) where i.definition_id = 'poison-hang'"));
        Assert.Equal("Finished", await _nodes.OneAsync<string>("select sub_status from workflow_instance where definition_id = 'poison-memory'")); // a gigabyte that is let go is no crime
    }

    private Task PlanHealthyAsync(string definition) => _nodes.PlanAsync(definition, Delay, Healthy, "council_now() + interval '1 hour'");

    /// <returns>How long after the instant the 99th of a hundred had fired, machine milliseconds.</returns>
    private async Task<double> FireAsync(string definition)
    {
        await _nodes.Database.AdvanceCouncilTimeAsync(TimeSpan.FromHours(1));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.HoldsAsync(async () => await _nodes.OneAsync<long>(
            "select count(*) from workflow_timer_log l join workflow_instance i using (community_id, instance_id) where i.definition_id = @definition", new { definition }) >= 0.99 * Healthy);
        return clock.Elapsed.TotalMilliseconds;
    }

    [Activity("Tests.Poison")]
    public sealed record PoisonActivity(Input<string> Kind) : IActivity
    {
        public ActivityResult Execute(Deliberation.Workflows.Activities.ActivityContext context) => ActivityResult.Complete().WithCommand(new PoisonCommand(context.Evaluate(Kind)!));
    }

    public sealed record PoisonCommand(string Kind) : IWorkflowCommand;

    private sealed class PoisonHandler(TaskCompletionSource end) : IWorkflowCommandHandler<PoisonCommand>
    {
        public Task<IReadOnlyList<StepEvent>> HandleAsync(PoisonCommand command, StepContext step, CancellationToken cancellationToken)
        {
            switch (command.Kind)
            {
                case "hang":
                    end.Task.Wait(CancellationToken.None); // deaf to being told to stop
                    break;
                case "memory":
                    GC.KeepAlive(new byte[1 << 30]);
                    break;
                default:
                    throw new InvalidOperationException("poison");
            }

            return Task.FromResult<IReadOnlyList<StepEvent>>([]);
        }
    }
}
