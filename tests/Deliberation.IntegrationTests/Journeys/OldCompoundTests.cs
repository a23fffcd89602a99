using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Projects;
using Deliberation.Testing;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>The whole renovation of an old compound, domain.md 2.6 (a), from launch to archive.</summary>
public sealed class OldCompoundTests(TestApp app) : IClassFixture<TestApp>
{
    private static readonly CommunityId Demo = new(1);

    [Fact]
    public async Task The_renovation_runs_from_launch_to_archive()
    {
        var player = new ProjectPlayer(app, Demo) { Points = _ => [.. Enumerable.Repeat(5, 40)] };
        player.Vote = ballot => VoteAsync(player, ballot);

        var staff = await app.StaffAsync("staff");
        var project = (await app.SendAsync(new LaunchProject(
            staff, Demo, "journey", new LaunchForm("old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody", new JsonObject(), null)))).Require();

        await player.PlayToStateAsync(project, "Closed");
        Assert.NotNull(await player.OneAsync<string>("select encode(sha256, 'hex') from project_archive where community_id = @community"));
    }

    private async Task VoteAsync(ProjectPlayer player, BallotLine ballot)
    {
        var desk = await player.HolderAsync("Scrutineer");
        var units = await player.RowsAsync<(string Unit, Guid Resident)>(
            "select unit_key, min(resident_id::text)::uuid from roll_entry_person where community_id = @community and ballot_id = @id group by 1 order by 1", new { id = ballot.Id.Value });
        var view = (await app.SendAsync(new GetBallot(desk, Demo, ballot.Id))).Require();
        string[] choices = view.Options.Count == 0 ? ["For"] : [.. view.Options.Take(view.MaxChoices).Select(o => o.Id)];
        foreach (var (unit, resident) in units)
        {
            var answer = await app.SendAsync(new CastVote(player.Resident(resident, null), Demo, ballot.Id, choices, Guid.NewGuid().ToString("N"), unit));
            Assert.True(answer is Result<CastAnswer>.Accepted, answer is Result<CastAnswer>.Refused { Reason: var r } ? r.Code : "");
        }
    }
}
