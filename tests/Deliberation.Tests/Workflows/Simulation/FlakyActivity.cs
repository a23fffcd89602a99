using Deliberation.Workflows.Activities;

namespace Deliberation.Tests.Workflows.Simulation;

/// <summary>Faults while the network is down.</summary>
[Activity(Type)]
internal sealed record FlakyActivity : IActivity
{
    public const string Type = "Test.Flaky";

    public ActivityResult Execute(ActivityContext context) => context.Fact<Network>().IsUp ? ActivityResult.Complete() : ActivityResult.Failed("made up");

    internal sealed record Network(bool IsUp);
}
