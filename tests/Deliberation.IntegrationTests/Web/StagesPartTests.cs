using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Web.Parts;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The strip that residents and staff see: the same for both.</summary>
public sealed class StagesPartTests
{
    private static readonly DateTimeOffset Then = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Two_stages_may_run_and_one_that_is_left_out_is_not_shown()
    {
        var strip = StagesPart.Of(
        [
            Stage(Domain.Stage.Plan, started: Then, completed: Then),
            Stage(Domain.Stage.Build, started: Then),
            Stage(Domain.Stage.Manage, started: Then),
            Stage(Domain.Stage.Evaluate),
            Stage(Domain.Stage.Share, isPresent: false),
        ]);

        strip.Stages.ShouldBe(
        [
            (Domain.Stage.Plan, StageState.Done), (Domain.Stage.Build, StageState.Now), (Domain.Stage.Manage, StageState.Now), (Domain.Stage.Evaluate, StageState.Later),
        ]);
    }

    private static StageOnStrip Stage(Stage stage, DateTimeOffset? started = null, DateTimeOffset? completed = null, bool isPresent = true) =>
        new(stage, isPresent, null, null, started, completed, []);
}
