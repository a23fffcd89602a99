using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What a resident does without any script: each journey begins when the demo has come to it.</summary>
public static class Journeys
{
    public static IReadOnlyList<Journey> All { get; } =
    [
        new("vote", Scenes.OpenBallot, VoteAsync),
        new("paper", "select distinct paper_id::text from ballot where community_id = @community and paper_id is not null and state = 'Open' and closes_at > council_now() limit 1", PaperAsync),
        new("pledge", Scenes.OpenBoard, PledgeAsync),
        new("object", Scenes.OpenNotice, ObjectAsync),
        new("sign", Scenes.AdoptedCovenant, SignAsync),
        new("evaluate", Scenes.OpenEvaluation, EvaluateAsync),
    ];

    /// <summary>Enter, ballot, check, receipt, verify; and back never leads to a second form.</summary>
    private static async Task VoteAsync(World world, IPage page, string ballot)
    {
        await page.GotoAsync($"/ballots/{ballot}");
        await page.Locator("label.opt").First.ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator(".stub").WaitForAsync();
        var code = await page.Locator(".code").InnerTextAsync();
        await page.GotoAsync("/verify");
        await page.Locator("[name=Code]").FillAsync(code);
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator(".note.ok").WaitForAsync();
        await page.GotoAsync($"/ballots/{ballot}");
        Assert.Equal(0, await page.Locator("main form").CountAsync());
    }

    /// <summary>Two questions on one paper: one left out is said and nothing chosen is lost; then check, one button, one receipt with two codes.</summary>
    private static async Task PaperAsync(World world, IPage page, string paper)
    {
        await page.GotoAsync($"/papers/{paper}");
        await page.Locator("fieldset.opts").First.Locator("label.opt").Nth(1).ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator(".errs").WaitForAsync();
        Assert.True(await page.Locator("fieldset.opts").First.Locator("input").Nth(1).IsCheckedAsync());
        await page.Locator("fieldset.opts").Nth(1).Locator("label.opt").First.ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator("dd.lead").First.WaitForAsync();
        Assert.Equal(2, await page.Locator("dd.lead").CountAsync());
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator(".stub").WaitForAsync();
        Assert.Equal(2, await page.Locator(".code").CountAsync());
        await page.GotoAsync($"/papers/{paper}");
        Assert.Equal(0, await page.Locator("main form").CountAsync());
    }

    private static async Task PledgeAsync(World world, IPage page, string project)
    {
        await page.GotoAsync($"/pledges/{project}?need=money");
        await page.Locator("[name=Quantity]").FillAsync("200");
        await page.Locator("[name=DueOn]").FillAsync((await world.App.Database.CouncilNowAsync()).AddDays(10).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await SendAndSeeAsync(page, ".note.ok");
    }

    private static async Task ObjectAsync(World world, IPage page, string notice)
    {
        await page.GotoAsync($"/notices/{notice}");
        await page.Locator("[name=Reason]").FillAsync("名单里有一位已经搬走了。");
        await SendAndSeeAsync(page, ".note.ok");
    }

    /// <summary>By typed name: nobody has to draw.</summary>
    private static async Task SignAsync(World world, IPage page, string covenant)
    {
        var name = await world.OneAsync("select full_name from resident join household using (community_id, household_id) where community_id = @community and door = '3-502' and resident_id = delegate_id");
        await page.GotoAsync($"/covenants/{covenant}");
        await page.Locator("[name=HasRead]").CheckAsync();
        await page.Locator("[name=TypedName]").FillAsync(name!);
        await SendAndSeeAsync(page, ".note.ok");
    }

    private static async Task EvaluateAsync(World world, IPage page, string evaluation)
    {
        await page.GotoAsync($"/evaluations/{evaluation}");
        for (var isLast = false; !isLast;)
        {
            isLast = await page.Locator("main textarea").CountAsync() > 0;
            await page.Locator("label.opt").Nth(1).ClickAsync();
            await Scenes.SendAsync(page, page.Locator("main form button.wide"));
        }

        await page.Locator(".note.ok").WaitForAsync();
    }

    private static async Task SendAndSeeAsync(IPage page, string seen)
    {
        await page.Locator("main form button.wide").First.ClickAsync();
        await page.Locator(seen).First.WaitForAsync();
    }
}

/// <param name="Sql">Finds the id of what it is about; nothing while there is none.</param>
public sealed record Journey(string Name, string Sql, Func<World, IPage, string, Task> Go);
