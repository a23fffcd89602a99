using System.Diagnostics;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What is done on a page before it is looked at.</summary>
public static partial class Scenes
{
    /// <summary>The demo's own basis; what is typed is too short a reason to take it back.</summary>
    private static async Task WithdrawBasisAsync(IPage page)
    {
        await page.Locator("details:has([name=WithdrawReason]) > summary").ClickAsync();
        await SubmitAsync(page, ("WithdrawReason", "x"));
    }

    private static async Task ConfirmLawAsync(IPage page)
    {
        if (await page.Locator("[name=Basis]").CountAsync() > 0)
        {
            await SubmitAsync(page, ("Basis", "和公布的全文核对过第八、九、十条"), ("Document", "https://example.org/law"));
        }
    }

    private static async Task RunNowhereAsync(IPage page)
    {
        await page.Locator("details.sheet > summary").Last.ClickAsync();
        await SubmitAsync(page, ("RunActivity", "nowhere"), ("RunReason", "x"));
    }

    /// <summary>Fills what is named and sends the form that it stands in, else the page's last one with a filled button.</summary>
    private static async Task SubmitAsync(IPage page, params (string Name, string Value)[] fields)
    {
        foreach (var (name, value) in fields)
        {
            await page.Locator($"main [name='{name}']").First.FillAsync(value);
        }

        var form = fields.Length > 0
            ? page.Locator("main form", new PageLocatorOptions { Has = page.Locator($"[name='{fields[0].Name}']") }).First
            : page.Locator("main form:has(.btn:not(.two))").Last;
        await SendAsync(page, form.Locator("button.btn").First);
    }

    private static async Task ChooseAsync(IPage page)
    {
        await page.Locator("label.opt").First.ClickAsync();
        await SendAsync(page, page.Locator("main form button.wide"));
    }

    /// <summary>Chooses, and types a replacement code on the check page.</summary>
    private static async Task ReplaceAsync(IPage page, string code)
    {
        await ChooseAsync(page);
        await page.Locator("main [name='Code']").FillAsync(code);
        await SendAsync(page, page.Locator("main form button.wide"));
    }

    /// <summary>The first answer to each question of the paper.</summary>
    private static async Task AnswerPaperAsync(IPage page)
    {
        foreach (var question in await page.Locator("fieldset.opts").AllAsync())
        {
            await question.Locator("label.opt").First.ClickAsync();
        }

        await SendAsync(page, page.Locator("main form button.wide"));
    }

    private static async Task RankAsync(IPage page, params string[] places)
    {
        for (var i = 0; i < places.Length; i++)
        {
            await page.Locator("main select").Nth(i).SelectOptionAsync(places[i]);
        }

        await SendAsync(page, page.Locator("main form button.wide"));
    }

    private static async Task HandInRehearsalAsync(IPage page)
    {
        await RankAsync(page, "2", "1", "3");
        await SendAsync(page, page.Locator("main form button.wide"));
    }

    private static async Task ExtendNothingAsync(IPage page)
    {
        await page.Locator("details:has([name=ExtendDays]) > summary").ClickAsync();
        await SubmitAsync(page, ("ExtendDays", "999"), ("ExtendReason", "下雨，来的人少。"));
    }

    private static async Task<string?> DocumentAsync(World world, string type) => await world.OneAsync(
        $"""
        select '/ballots/' || b.ballot_id || '/documents/' || (d ->> 'sha256') from ballot b cross join lateral jsonb_array_elements(b.documents) d
        where b.community_id = @community and d ->> 'type' = '{type}' order by b.ballot_id limit 1
        """);

    private static async Task AnswerAllAsync(IPage page)
    {
        while (await page.Locator("main textarea").CountAsync() == 0)
        {
            await page.Locator("label.opt").Nth(1).ClickAsync();
            await SendAsync(page, page.Locator("main form button.wide"));
        }
    }

    private static async Task DisputeAsync(IPage page)
    {
        await page.Locator("label.opt").Nth(2).ClickAsync();
        await SubmitAsync(page, ("Message", "房产证上是 89.65 平方米"));
    }

    private static async Task EditAreaAsync(IPage page)
    {
        await page.Locator("main details > summary").First.ClickAsync();
        await SubmitAsync(page, ("Area", "-1"));
    }

    private static async Task PasteAsync(IPage page, string table)
    {
        await page.Locator("main details > summary").First.ClickAsync();
        await SubmitAsync(page, ("Pasted", table));
    }

    private static async Task WriteDownAsync(IPage page)
    {
        await page.Locator("main details.sheet > summary").Last.ClickAsync();
        await SubmitAsync(page, ("Claimant", "赵"));
    }

    /// <summary>The slip is printed from a window of its own; here it is looked at in this one.</summary>
    private static async Task PrintSlipAsync(IPage page)
    {
        await SubmitAsync(page, ("Find", "3-502"));
        await page.EvaluateAsync("document.querySelector('form[target]').removeAttribute('target')");
        await SendAsync(page, page.Locator("form[action*='Slip'] button").First);
    }

    /// <summary>Presses and waits for the page that answers, whatever its address.</summary>
    internal static Task SendAsync(IPage page, ILocator button) => NextPageAsync(page, () => button.ClickAsync());

    /// <summary>Waits for the page that comes of an act.</summary>
    internal static async Task NextPageAsync(IPage page, Func<Task> act)
    {
        await page.EvaluateAsync("window.isOld = true");
        await act();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var waited = Stopwatch.StartNew(); await IsOldAsync(page); await look.WaitForNextTickAsync())
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"{page.Url}: nothing came of the press.");
            }
        }
    }

    private static async Task<bool> IsOldAsync(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<bool>("window.isOld || document.readyState !== 'complete'");
        }
        catch (PlaywrightException)
        {
            return true; // between two pages
        }
    }
}
