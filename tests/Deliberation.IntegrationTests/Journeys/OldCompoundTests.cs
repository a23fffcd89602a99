using Xunit;

namespace Deliberation.IntegrationTests.Journeys;

[Collection(RenovationTests.Name)]
public sealed class OldCompoundTests(UndisturbedRenovation renovation)
{
    [Fact]
    [Mechanism("M3.22", Page = "/ballots/{id}")]
    [Mechanism("M3.23", Page = "/staff/meetings/{id}")]
    [Mechanism("M4.6", Page = "/results/{id}")]
    [Mechanism("M4.27", Page = "/outcomes/{id}")]
    public async Task The_renovation_runs_on_its_pages_from_launch_to_archive() => Assert.NotEmpty(await renovation.EndStateAsync());
}
