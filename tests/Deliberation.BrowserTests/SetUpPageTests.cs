using Deliberation.BrowserTests.Pages;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>The one page that a product without a community has.</summary>
public sealed class SetUpPageTests(Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task The_set_up_page_is_reached_from_anywhere_and_keeps_every_rule_of_pages()
    {
        await using var app = new TestApp { HasDemo = false };
        await app.InitializeAsync();
        var page = await browser.PageAsync(app.Address);
        foreach (var taste in Taste.All)
        {
            await taste.SetAsync(page.Context, app.Address);
            await page.GotoAsync("/staff");
            Assert.Equal("/set-up", new Uri(page.Url).AbsolutePath);
            await LookAsync(page, taste);
            await Scenes.SendAsync(page, page.Locator("main form button").Last);
            Assert.Empty(await Inspection.FormFaultsAsync(page));
            await LookAsync(page, taste);
        }
    }

    private static async Task LookAsync(IPage page, Taste taste)
    {
        Assert.Empty(await Inspection.ViolationsAsync(page));
        Assert.Empty(Inspection.WordsOfPrograms(await page.Locator("body").InnerTextAsync()));
        Assert.Empty(await Inspection.TooWideAsync(page));
        Assert.Empty(await Inspection.TooSmallAsync(page, taste.IsElder ? 60 : 44));
        if (Environment.GetEnvironmentVariable("DELIBERATION_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"set-up.{taste}.png"), FullPage = true });
        }
    }
}
