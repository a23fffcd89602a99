using Deliberation.Features.Workflows;
using Xunit;

namespace Deliberation.IntegrationTests.Timers;

/// <summary>What a node takes of what is due.</summary>
public sealed class FoundWorkTests
{
    private const string Delay = """{"id":"d","type":"Elsa.Delay","timeSpan":"01:00:00"}""";

    [Fact]
    public async Task A_node_takes_the_earliest_and_some_of_many_while_others_are_quicker()
    {
        await using var nodes = await Nodes.CreateAsync();
        nodes.Add();
        await nodes.PlanAsync("many", Delay, 600, "council_now() - interval '1 hour' + n * interval '1 second'");
        var due = (await nodes.OneAsync<Guid[]>("select array_agg(instance_id order by due_at) from workflow_timer"))!;
        using var found = new FoundWork(nodes.Database.DataSource);

        Assert.Equal(due[..64], await TakeAsync(found));
        Assert.Equal(due[..64], await TakeAsync(found, late: 16));
        var some = await TakeAsync(found, late: 17);
        Assert.Equal(64, some.Distinct().Count());
        Assert.NotEqual(due[..64], some.Order());
        Assert.Subset(due[..512].ToHashSet(), some.ToHashSet());
        Assert.NotEqual(some, await TakeAsync(found)); // and so on

        await nodes.RunAsync("delete from workflow_timer where due_at > (select due_at from workflow_timer order by due_at offset 127 limit 1)");
        Assert.Equal(due[..128], await TakeAsync(found)); // few are due
        Assert.Equal(due[..64], await TakeAsync(found));
    }

    private static async Task<Guid[]> TakeAsync(FoundWork found, int late = 0)
    {
        for (var time = 0; time < late; time++)
        {
            found.CameLate();
        }

        Assert.True(await found.LookAsync(default));
        var taken = new List<Guid>();
        while (found.TryTake(out var due))
        {
            taken.Add(due.InstanceId);
        }

        return [.. taken];
    }
}
