using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Deliberation.BrowserTests.Pages;
using Deliberation.Domain;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>The paper desk by keys alone, with and without script, and papers on A4.</summary>
public sealed partial class PaperDeskTests(PaperDeskTests.Demo demo, Browser browser) : IClassFixture<PaperDeskTests.Demo>, IClassFixture<Browser>
{
    private const int Papers = 24;
    private const int LeastPerMinute = 20;

    [BrowserFact]
    public async Task A_clerk_types_at_least_twenty_papers_a_minute_by_keys_alone()
    {
        var ballot = await PaperBallots.OpenAsync(demo.App, "口袋公园用哪一块地", "Named", Papers);
        await TypeAllAsync(ballot, async (page, i) => await page.Keyboard.PressAsync($"{1 + (i % 4)}"));

        var counted = await demo.ListAsync($"select coalesce(choices[1], 'Spoilt') from paper_entry where ballot_id = '{ballot}' and pass = 1");
        Assert.Equal([6, 6, 6, 6], counted.GroupBy(c => c).Select(group => group.Count()));
    }

    [BrowserFact]
    public async Task Ranked_papers_are_typed_as_fast_whatever_stands_on_them()
    {
        BallotOption[] sites = [new("a", "东边"), new("b", "西边"), new("c", "中间")];
        string[] typed = ["2 1 3", "3", "1/2 3", "0"];
        var ballot = await PaperBallots.OpenAsync(demo.App, "口袋公园建在哪里", "Named", Papers, sites, "Borda");
        await TypeAllAsync(ballot, async (page, i) => await page.Keyboard.TypeAsync(typed[i % 4]));

        var counted = await demo.ListAsync($"select array_to_string(choices, ' ') from paper_entry where ballot_id = '{ballot}' and pass = 1");
        Assert.Equal(["", "a=1 b=1 c=2", "b=1 a=2 c=3", "c=1"], counted.Distinct().Order(StringComparer.Ordinal));
    }

    [BrowserFact]
    public async Task Without_script_the_same_keys_lead_to_the_same_end()
    {
        BallotOption[] people = [new("a", "张兰"), new("b", "李强"), new("c", "王芳")];
        var ballot = await PaperBallots.OpenAsync(demo.App, "选两位小组长", "Named", 2, people);
        var serials = await PaperBallots.SerialsAsync(demo.App, ballot);
        await PaperBallots.ReadAsync(demo.App, ballot, "auditor", serials[0], "a", "c");
        var page = await SignInAsync("treasurer", hasScript: false);
        await page.GotoAsync($"/staff/ballots/{ballot}/paper");

        await EnterAsync(page, serials[0], "Serial");
        await page.Keyboard.TypeAsync("3 1");
        await Scenes.NextPageAsync(page, () => page.Keyboard.PressAsync("Enter"));

        Assert.Equal(["Agreed"], await demo.ListAsync($"select reading from paper_issue where ballot_id = '{ballot}' and serial = '{serials[0]}'"));
        Assert.Contains("role=\"status\"", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Printed_papers_never_break_across_pages()
    {
        var ballot = await PaperBallots.OpenAsync(demo.App, "要不要在院子里装感应路灯，用公共收益出钱，每盏三百元，一共二十盏", "Named", 9);
        var page = await SignInAsync("board");
        await page.GotoAsync($"/staff/ballots/{ballot}/papers/print");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await page.SetViewportSizeAsync(658, 995); // A4 within its margins, at 96 dots an inch
        var papers = await page.EvaluateAsync<double[]>("[...document.querySelectorAll('main ul.flow > li')].map(li => li.getBoundingClientRect().height)");
        var breaks = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main ul.flow > li')].map(li => getComputedStyle(li).breakInside)");
        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true }));

        Assert.Equal(9, papers.Length);
        Assert.All(breaks, value => Assert.Equal("avoid", value));
        Assert.All(papers, height => Assert.InRange(height, 100, 995)); // each fits on a page, and so is never cut by its edge
        var pages = PageMark().Count(pdf);
        Assert.InRange(pages, 1, 9);
        Assert.True(pages >= Math.Ceiling(papers.Sum() / 1_000), $"{pages} pages for {papers.Sum():0} px");
        Assert.Equal(9, await page.Locator("main .qr svg").CountAsync());
        Assert.Equal(9, (await page.Locator("main .code").AllInnerTextsAsync()).Distinct().Count());
    }

    /// <summary>Every paper once, from serial to serial.</summary>
    private async Task TypeAllAsync(BallotId ballot, Func<IPage, int, Task> mark)
    {
        var serials = await PaperBallots.SerialsAsync(demo.App, ballot);
        var page = await SignInAsync("inspector");
        await page.GotoAsync($"/staff/ballots/{ballot}/paper");
        await EnterAsync(page, serials[0], "Serial");

        // The first paper wants a witness.
        await ReachAsync(page, "Witness");
        await page.Keyboard.TypeAsync("Qian");
        await Scenes.NextPageAsync(page, () => page.Keyboard.PressAsync("Enter"));
        var clock = Stopwatch.StartNew();
        foreach (var (serial, i) in serials.Select((serial, i) => (serial, i)))
        {
            if (i > 0)
            {
                await EnterAsync(page, serial, "Serial");
            }

            await mark(page, i);
            await Scenes.NextPageAsync(page, () => page.Keyboard.PressAsync("Enter"));
        }

        var perMinute = Papers / clock.Elapsed.TotalMinutes;
        Assert.True(perMinute >= LeastPerMinute, $"{perMinute:0} papers a minute");
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageMark();

    private static async Task EnterAsync(IPage page, string text, string field)
    {
        await ReachAsync(page, field);
        await page.Keyboard.TypeAsync(text);
        await Scenes.NextPageAsync(page, () => page.Keyboard.PressAsync("Enter"));
    }

    /// <summary>The focus is where it belongs, or a few tabs away.</summary>
    private static async Task ReachAsync(IPage page, string field)
    {
        for (var tabs = 0; await page.EvaluateAsync<string?>("document.activeElement.id") != field; tabs++)
        {
            Assert.True(tabs < 60, $"{field} cannot be reached by Tab on {page.Url}");
            await page.Keyboard.PressAsync("Tab");
        }
    }

    private async Task<IPage> SignInAsync(string login, bool hasScript = true)
    {
        var page = await browser.PageAsync(demo.App.Address, 1280, 900, hasScript);
        await page.GotoAsync("/staff/sign-in");
        await page.Locator("main input:not([type=hidden])").Nth(0).FillAsync(login);
        await page.Locator("main input:not([type=hidden])").Nth(1).FillAsync(demo.App.Password(login));
        await page.Locator("main form button").ClickAsync();
        await page.WaitForURLAsync(address => !address.EndsWith("/staff/sign-in", StringComparison.Ordinal));
        return page;
    }

    /// <summary>The demo with one launched project to hang ballots on.</summary>
    public sealed class Demo : IAsyncLifetime
    {
        public TestApp App { get; } = new();

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            using var player = new ProjectPlayer(App, PaperBallots.Demo);
            await player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        }

        public async Task<IReadOnlyList<string>> ListAsync(string sql)
        {
            await using var command = App.DataSource.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var found = new List<string>();
            while (await reader.ReadAsync())
            {
                found.Add(reader.GetString(0));
            }

            return found;
        }

        public async Task DisposeAsync() => await App.DisposeAsync();
    }
}
