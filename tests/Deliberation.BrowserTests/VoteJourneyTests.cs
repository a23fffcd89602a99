using Deliberation.BrowserTests.Pages;
using Deliberation.Domain;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>Staff launch, three residents vote on their phones, the window closes, everybody reads the result.</summary>
public sealed class VoteJourneyTests(TestApp app, Browser browser) : IClassFixture<TestApp>, IClassFixture<Browser>
{
    private static readonly CommunityId Demo = new(1);
    private readonly List<string> _violations = [];

    [BrowserFact]
    public async Task Three_residents_vote_on_phones_and_read_the_result()
    {
        var desk = await browser.PageAsync(app.Address, 1280, 900);
        await SignInAsync(desk);
        await LookAsync(desk, "/staff", "staff-inbox");
        await LookAsync(desk, "/staff/launch", "staff-launch");

        OpenBallot? owners = null;
        using var player = new ProjectPlayer(app, Demo);
        player.Vote = ballot => ballot.IsSecret || owners is not null ? VoteForAllAsync(player, ballot, 0) : Task.FromResult(owners = ballot);
        var project = await player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await player.PlayUntilAsync(() => Task.FromResult(owners is not null));

        await LookAsync(desk, "/staff", "staff-inbox-full");
        await LookAsync(desk, $"/staff/projects/{project}", "staff-project");
        await LookAsync(desk, $"/staff/ballots/{owners!.Id}", "staff-tracker");

        foreach (var (number, voter) in (await player.UnitsAsync(owners.Id)).Take(3).Index())
        {
            await VoteOnPhoneAsync(voter.ResidentId, await player.People.PrintSlipAsync(voter.ResidentId), owners.Id, hasScript: number != 1, screenshots: number == 0);
        }

        await VoteForAllAsync(player, owners, 3);
        await app.AdvanceToAsync(owners.ClosesAt.AddMinutes(1));

        var reader = await browser.PageAsync(app.Address);
        await LookAsync(reader, $"/results/{owners.Id}", "result");
        Assert.True(await reader.Locator("figure.meter").CountAsync() >= 2);
        await LookAsync(reader, $"/projects/{project}", "project");
        Assert.Empty(_violations);
    }

    private async Task SignInAsync(IPage desk)
    {
        await LookAsync(desk, "/staff/sign-in", "sign-in");
        await desk.Locator("main input:not([type=hidden])").Nth(0).FillAsync("staff");
        await desk.Locator("main input:not([type=hidden])").Nth(1).FillAsync(app.Password("staff"));
        await desk.Locator("main form button").ClickAsync();
        await desk.WaitForURLAsync("**/staff");
    }

    private async Task VoteOnPhoneAsync(Guid resident, string slip, Guid ballot, bool hasScript, bool screenshots)
    {
        var phone = await browser.PageAsync(app.Address, hasScript: hasScript);
        var name = screenshots ? "" : null;
        await LookAsync(phone, $"/q/{slip}", name is null ? null : "slip", hasScript);
        var person = phone.Locator($"label.opt:has(input[value='{resident}'])");
        if (await person.CountAsync() > 0)
        {
            await person.ClickAsync(); // several adults in the household: it asks who is there
        }

        await phone.Locator("main form button").First.ClickAsync();
        await phone.WaitForURLAsync(address => !address.Contains(slip, StringComparison.OrdinalIgnoreCase)); // the address can be forwarded, the vote cannot
        await LookAsync(phone, "/", name is null ? null : "home", hasScript);
        await LookAsync(phone, $"/ballots/{ballot}", name is null ? null : "ballot", hasScript);
        await phone.Locator("label.opt:has(input[value=For])").ClickAsync();
        await phone.Locator("main form button.wide").ClickAsync();
        await LookAtAsync(phone, name is null ? null : "check", hasScript);
        await phone.Locator("main form button.wide").ClickAsync();
        await phone.WaitForURLAsync("**/receipts/**");
        await LookAtAsync(phone, name is null ? null : "receipt", hasScript);
        await LookAsync(phone, $"/ballots/{ballot}", null, hasScript); // going back never offers a second vote unseen
    }

    private static async Task VoteForAllAsync(ProjectPlayer player, OpenBallot ballot, int skip) =>
        await player.CastAsync(ballot.Id, (await player.UnitsAsync(ballot.Id)).Skip(skip).Select(unit => (unit, ballot.Yes)));

    private async Task LookAsync(IPage page, string address, string? name, bool hasScript = true)
    {
        var answer = await page.GotoAsync(address);
        Assert.True(answer!.Ok, $"{address} answers {answer.Status}");
        await LookAtAsync(page, name, hasScript);
    }

    /// <summary>No accessibility violation, no sideways scroll; a picture for people to look at.</summary>
    private async Task LookAtAsync(IPage page, string? name, bool hasScript)
    {
        if (!hasScript)
        {
            return;
        }

        if (name is not null && Environment.GetEnvironmentVariable("DELIBERATION_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }

        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{page.Url} scrolls sideways");
        _violations.AddRange((await Inspection.ViolationsAsync(page)).Select(violation => $"{page.Url}: {violation}"));
    }
}
