using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Xunit;

namespace Deliberation.IntegrationTests.Projects;

/// <summary>Launches of the shipped template, through the real engine.</summary>
public sealed class LaunchTests : IAsyncLifetime
{
    private readonly Neighbourhood _lane = new();

    private LaunchForm Form => new("old-compound-renovation", "Lane", "", "", "", [], null);

    public async Task InitializeAsync()
    {
        await _lane.InitializeAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "workflows"), "*.json"))
        {
            var content = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            await _lane.RunAsync(
                """
                insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest)
                values (@id, @definition, 1, @definition, @content::jsonb, '', true, true)
                """,
                new { id = content["id"]!.ToString(), definition = content["definitionId"]!.ToString(), content = content.ToJsonString() });
        }
    }

    public Task DisposeAsync() => _lane.DisposeAsync();

    [Fact]
    public async Task The_preview_shows_five_stages_and_every_message_and_changes_nothing()
    {
        var preview = (await _lane.SendAsync(new PreviewLaunch(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, Form))).Require();

        Assert.Empty(preview.Problems);
        Assert.Equal(Enum.GetValues<Stage>(), preview.Calendar.Select(line => line.Stage!.Value).Distinct().Order());
        Assert.DoesNotContain(preview.Calendar, line => line.IsClash);
        Assert.Contains(preview.Messages, message => message.Recipients == 10);
        Assert.Equal("launch.audience.households", AudienceOf("选举小区自治管理委员会委员"));
        Assert.Equal("launch.audience.members", AudienceOf("选举主任"));
        Assert.Equal("launch.audience.owners", AudienceOf("是否同意改造小区共有部分？"));
        Assert.Empty(preview.Posts.Single(post => post.PostCode == "Lawyer").Holders);
        Assert.Equal(["Deputy"], preview.Posts.Single(post => post.PostCode == "GroupLeader").Substitutes);
        Assert.Equal(preview.Messages.Select(message => message.At).Order(), preview.Messages.Select(message => message.At));
        var launched = Assert.Single(preview.Messages, message => message.TextKey == "project.message.launched");
        Assert.Equal((Form.Title, 10), (launched.Values["title"]!.ToString(), launched.Recipients));
        Assert.Equal(preview.Messages[0], launched);
        Assert.Equal(10, preview.Roll.HouseholdsWithoutPhone);
        Assert.Equal(1, await _lane.QueryAsync<int>("select count(*)::int from project"));

        string AudienceOf(string title) => preview.Messages.First(message => message.Values["title"]!.ToString() == title).AudienceKey;
    }

    [Fact]
    public async Task The_preview_warns_of_one_person_in_two_posts_that_check_each_other()
    {
        PreviewLaunch ask = new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, Form);
        await _lane.RunAsync(
            """
            insert into post (community_id, post_code) values (1, 'Contractor');
            insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from) values (1, 'Contractor', @deputy, false, '2020-01-01'), (1, 'Contractor', @leader, true, '2020-01-01')
            """,
            new { deputy = _lane.Deputy.Value, leader = _lane.Leader.Value });
        Assert.Empty((await _lane.SendAsync(ask)).Require().Clashes); // the inspector is only the contractor's substitute

        await _lane.RunAsync("update post_holder set is_substitute = not is_substitute where post_code = 'Contractor'");
        Assert.Equal([new PostClash("Leader", "Contractor", "Inspector")], (await _lane.SendAsync(ask)).Require().Clashes);
    }

    [Fact]
    public async Task The_same_key_launches_once_with_planned_dates_and_the_first_messages()
    {
        LaunchProject launch = new(Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, "key", Form);

        var first = (await _lane.SendAsync(launch)).Require();
        var second = (await _lane.SendAsync(launch)).Require();

        Assert.Equal(first, second);
        Assert.Equal(10, await _lane.QueryAsync<int>("select count(*)::int from outbox_message where text_key = 'project.message.launched'"));
        var page = (await _lane.SendAsync(new GetProject(Caller.Anonymous, Neighbourhood.Community, first))).Require();
        Assert.Equal(("InPlan", Stage.Plan), (page.State, page.Stage));
        Assert.All(page.Stages, stage => Assert.NotNull(stage.PlannedEnd));
    }

    [Fact]
    public async Task A_parameter_out_of_bounds_stops_the_launch_and_leaves_nothing()
    {
        LaunchProject launch = new(
            Neighbourhood.Staff(_lane.Leader), Neighbourhood.Community, "key", Form with { Inputs = new JsonObject { ["Seats"] = 4 } });

        Assert.Equal("template.input-odd", await _lane.RefusedAsync(launch));
        Assert.Equal("project.starts-later", await _lane.RefusedAsync(launch with { Form = Form with { StartsOn = new DateOnly(2026, 12, 24) } }));
        Assert.Equal(1, await _lane.QueryAsync<int>("select count(*)::int from project"));
    }
}
