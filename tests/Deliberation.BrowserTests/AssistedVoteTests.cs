using Dapper;
using Deliberation.BrowserTests.Pages;
using Deliberation.Domain;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>The whole assisted vote: found at the help desk, begun with two names, voted in the red frame, ended with one tap.</summary>
public sealed class AssistedVoteTests(TestApp app, Browser browser) : IClassFixture<TestApp>, IClassFixture<Browser>
{
    [BrowserFact]
    [Mechanism("M4.10", Page = "/staff/residents")]
    public async Task Staff_and_a_witness_help_one_person_to_vote_and_the_record_says_who_and_never_what()
    {
        OpenBallot? owners = null;
        using var player = new ProjectPlayer(app, new CommunityId(1));
        player.Vote = ballot => owners is null && !ballot.IsSecret
            ? Task.FromResult(owners = ballot)
            : VoteForAllAsync(player, ballot);
        await player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await player.PlayUntilAsync(() => Task.FromResult(owners is not null));
        var voter = (await player.UnitsAsync(owners!.Id))[0];
        var name = await OneAsync<string>("select full_name from resident where resident_id = @ResidentId", voter);

        var desk = await browser.PageAsync(app.Address, 1280, 900, hasScript: false);
        await desk.GotoAsync("/staff/sign-in");
        await desk.Locator("main input:not([type=hidden])").Nth(0).FillAsync("staff");
        await desk.Locator("main input:not([type=hidden])").Nth(1).FillAsync(app.Password("staff"));
        await desk.Locator("main form button").ClickAsync();
        await desk.GotoAsync("/staff/residents");
        await desk.Locator("[name=Find]").FillAsync(name);
        await desk.Locator("form[role=search] button").ClickAsync();
        var person = desk.Locator($"section:has(input[name=Resident][value='{voter.ResidentId}'])");
        await person.Locator("summary", new LocatorLocatorOptions { HasText = "和本人一起办" }).ClickAsync();
        var form = person.Locator("form:has([name=Witness])");
        await form.Locator("button").ClickAsync();
        await desk.Locator(".errs").WaitForAsync(); // a witness is needed

        person = desk.Locator($"section:has(input[name=Resident][value='{voter.ResidentId}'])");
        await person.Locator("[name=Witness]").FillAsync("李见证");
        await person.Locator("form:has([name=Witness]) button").ClickAsync();
        await desk.WaitForURLAsync(address => new Uri(address).AbsolutePath == "/");

        var frame = desk.Locator("main > [role=group]");
        Assert.Contains("李见证", await frame.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains(await OneAsync<string>("select display_name from staff where login = 'staff'", new { }), await frame.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("6px", await desk.Locator("main").EvaluateAsync<string>("m => getComputedStyle(m).borderTopWidth"));

        await desk.GotoAsync($"/ballots/{owners.Id}");
        Assert.Equal(1, await frame.CountAsync());
        await desk.Locator("label.opt:has(input[value=Against])").First.ClickAsync();
        await desk.Locator("main form button.wide").ClickAsync();
        await desk.WaitForURLAsync("**/check?**");
        Assert.Equal(1, await frame.CountAsync());
        await desk.Locator("main form button.wide").ClickAsync();
        await desk.WaitForURLAsync("**/receipts/**");

        await frame.Locator("button").ClickAsync(); // one tap
        await desk.WaitForURLAsync("**/staff/residents");
        await desk.GotoAsync($"/ballots/{owners.Id}");
        Assert.Contains("/enter", desk.Url, StringComparison.Ordinal);

        const string Lines = "from audit_entry where action = 'CastVote' and details->>'channel' = 'Assisted'";
        Assert.Equal("李见证", await OneAsync<string>($"select details->>'witness' {Lines}", new { }));
        Assert.Equal(await OneAsync<Guid>("select staff_id from staff where login = 'staff'", new { }), await OneAsync<Guid>($"select actor_id {Lines}", new { }));
        Assert.Equal(0, await OneAsync<int>("select count(*)::int from audit_entry a where a::text ilike '%against%'", new { }));
        Assert.Equal("Assisted", await OneAsync<string>("select channel from vote where resident_id = @ResidentId and ballot_id = @Id", new { voter.ResidentId, owners.Id }));
    }

    [BrowserFact]
    public async Task After_its_quarter_of_an_hour_the_session_is_over_whatever_stands_on_the_screen()
    {
        var desk = await browser.PageAsync(app.Address, 390, 844, hasScript: false);
        await desk.GotoAsync("/staff/sign-in");
        await desk.Locator("main input:not([type=hidden])").Nth(0).FillAsync("staff");
        await desk.Locator("main input:not([type=hidden])").Nth(1).FillAsync(app.Password("staff"));
        await desk.Locator("main form button").ClickAsync();
        await desk.GotoAsync("/staff/residents");
        await desk.Locator("[name=Find]").FillAsync("3-502");
        await desk.Locator("form[role=search] button").ClickAsync();
        await desk.Locator("summary", new PageLocatorOptions { HasText = "和本人一起办" }).First.ClickAsync();
        await desk.Locator("[name=Witness]").First.FillAsync("李见证");
        await desk.Locator("label.opt:has([name=Distant])").First.ClickAsync();
        await desk.Locator("form:has([name=Witness]) button").First.ClickAsync();
        await desk.WaitForURLAsync(address => new Uri(address).AbsolutePath == "/");

        await using (var connection = await app.DataSource.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("update resident_session set lease_until = clock_timestamp() where helper_id is not null");
        }

        await Eventually.HoldsAsync(async () => // a node remembers a session for three seconds
        {
            await desk.GotoAsync("/");
            return desk.Url.Contains("/enter", StringComparison.Ordinal);
        });
        Assert.Equal(0, await desk.Locator("main > [role=group]").CountAsync());
    }

    private async Task<T> OneAsync<T>(string sql, object values)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QueryFirstAsync<T>(sql, values);
    }

    private static async Task VoteForAllAsync(ProjectPlayer player, OpenBallot ballot) =>
        await player.CastAsync(ballot.Id, (await player.UnitsAsync(ballot.Id)).Select(unit => (unit, ballot.Yes)));
}
