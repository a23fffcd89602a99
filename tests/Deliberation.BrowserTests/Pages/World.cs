using Deliberation.Domain;
using Deliberation.Features.Residents;
using Deliberation.Testing;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>The demo with its played projects, the people who look at it, and the hand that lets its time go on.</summary>
public sealed class World(TestApp app, Browser browser) : IDisposable
{
    /// <summary>The answer has come: what follows waits for what it needs itself, and a load event that nobody saw stops nothing.</summary>
    private static readonly PageWaitForURLOptions Arrived = new() { WaitUntil = WaitUntilState.Commit };

    public static readonly CommunityId Demo = new(1);
    private readonly HashSet<string> _asked = [];
    private readonly ProjectPlayer _player = new(app, Demo) { Points = _ => [.. Enumerable.Repeat(5, 36), .. Enumerable.Repeat(2, 4)] };
    private readonly Dictionary<Who, string> _cookies = [];

    public TestApp App => app;

    public Browser Browser => browser;

    /// <summary>Address of the voter's receipt.</summary>
    public string Receipt { get; private set; } = "";

    /// <summary>Its code, as printed there.</summary>
    public string Code { get; private set; } = "";

    /// <summary>A launch that is prepared up to its last page.</summary>
    public string Draft { get; private set; } = "";

    /// <summary>One text; <c>@community</c> is the demo's main community.</summary>
    public Task<string?> OneAsync(string sql) => _player.OneAsync<string>(sql);

    /// <summary>Address with the id that the query finds in place of <c>*</c>; null when it finds none.</summary>
    public async Task<string?> AddressAsync(string pattern, string sql) =>
        await OneAsync(sql) is { } id ? pattern.Replace("*", id, StringComparison.Ordinal) : null;

    /// <summary>A named ballot whose papers are being read, one of them differently by two.</summary>
    public BallotId Papers { get; private set; }

    /// <summary>A paper of it that nobody has read.</summary>
    public string Serial { get; private set; } = "";

    /// <summary>An election on paper whose window is over and whose papers do not reconcile yet.</summary>
    public BallotId PaperCount { get; private set; }

    public string PaperCountSerial { get; private set; } = "";

    /// <summary>A secret ballot that takes papers.</summary>
    public BallotId PaperBox { get; private set; }

    public async Task PrepareAsync()
    {
        _player.Vote = VoteAsync;
        foreach (var (who, login) in new[] { (Who.Staff, "staff"), (Who.Clerk, "inspector"), (Who.Idle, "village"), (Who.Admin, "admin"), (Who.Official, "official") })
        {
            await KeepAsync(who, page => SignInAsync(page, login));
        }

        await KeepAsync(Who.Resident, page => EnterAsync(page, "demo-3-502"));
        var neighbour = await OneAsync("select resident_id::text from resident where community_id <> @community and household_id is not null order by community_id desc, resident_id limit 1");
        var place = await OneAsync($"select community_id::text from resident where resident_id = '{neighbour}'");
        var slip = (await app.SendAsync(new IssueSlip(await app.StaffAsync("admin"), new CommunityId(int.Parse(place!, System.Globalization.CultureInfo.InvariantCulture)), null, new ResidentId(Guid.Parse(neighbour!))))).Require();
        await KeepAsync(Who.Neighbour, page => EnterAsync(page, slip.Token));
        await KeepAsync(Who.Voter, VoteByHandAsync);
        await KeepAsync(Who.Staff, PrepareLaunchAsync);
        await PreparePapersAsync();
    }

    public void Dispose() => _player.Dispose();

    /// <summary>People act and time goes on until the condition holds.</summary>
    public Task GoOnAsync(Func<Task<bool>> isDone) => _player.PlayUntilAsync(isDone);

    /// <summary>A browser of this person, already signed in.</summary>
    public async Task<IPage> OpenAsync(Who who, bool hasScript = true)
    {
        var page = await browser.PageAsync(app.Address, hasScript: hasScript, state: _cookies.GetValueOrDefault(who));
        page.SetDefaultTimeout(60_000);
        return page;
    }

    private async Task KeepAsync(Who who, Func<IPage, Task> enter)
    {
        var page = await OpenAsync(who);
        await enter(page);
        _cookies[who] = await page.Context.StorageStateAsync();
        await page.Context.CloseAsync();
    }

    private async Task SignInAsync(IPage page, string login)
    {
        await page.GotoAsync("/staff/sign-in");
        await page.Locator("main input:not([type=hidden])").Nth(0).FillAsync(login);
        await page.Locator("main input:not([type=hidden])").Nth(1).FillAsync(app.Password(login));
        await page.Locator("main form button").ClickAsync();
        await page.WaitForURLAsync(address => !address.EndsWith("/staff/sign-in", StringComparison.Ordinal), Arrived);
    }

    /// <summary>Comes in by the slip, the first person of the household.</summary>
    public static async Task EnterAsync(IPage page, string token)
    {
        await page.GotoAsync($"/q/{token}");
        if (await page.Locator("label.opt").CountAsync() > 0)
        {
            await page.Locator("label.opt").First.ClickAsync();
        }

        await page.Locator("main form button").First.ClickAsync();
        await page.WaitForURLAsync(address => !address.Contains("/q/", StringComparison.Ordinal), Arrived);
    }

    /// <summary>A neighbour who has not voted yet votes on the open ballot, page by page.</summary>
    private async Task VoteByHandAsync(IPage page)
    {
        var ballot = await OneAsync(Scenes.OpenBallot);
        var voter = await OneAsync(
            $"""
            select p.resident_id::text from roll_entry_person p join resident r using (community_id, resident_id) join household h using (community_id, household_id)
            where p.community_id = @community and p.ballot_id = '{ballot}' and h.door <> '3-502'
              and not exists (select from participation v where v.community_id = p.community_id and v.ballot_id = p.ballot_id and v.unit_key = p.unit_key)
            order by p.unit_key limit 1
            """);
        var slip = (await app.SendAsync(new IssueSlip(await app.StaffAsync("staff"), Demo, null, new ResidentId(Guid.Parse(voter!))))).Require();
        await EnterAsync(page, slip.Token);
        await page.GotoAsync($"/ballots/{ballot}");
        await page.Locator("label.opt").First.ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.Locator("main form button.wide").ClickAsync();
        await page.WaitForURLAsync("**/receipts/**", Arrived);
        Receipt = new Uri(page.Url).AbsolutePath;
        Code = await page.Locator(".code").InnerTextAsync();
    }

    private async Task PreparePapersAsync()
    {
        Papers = await PaperBallots.OpenAsync(app, "口袋公园建在哪一边", "Named", 8);
        var serials = await PaperBallots.SerialsAsync(app, Papers);
        await PaperBallots.ReadAsync(app, Papers, "auditor", serials[0], "For");
        await PaperBallots.ReadAsync(app, Papers, "treasurer", serials[0], "Against");
        await PaperBallots.ReadAsync(app, Papers, "auditor", serials[1], "For");
        await PaperBallots.ReadAsync(app, Papers, "inspector", serials[2]);
        Serial = serials[3];
        PaperBox = await PaperBallots.OpenAsync(app, "要不要请保安值夜班", "Secret", 20);
        PaperCount = await PaperBallots.OpenAsync(app, "选两位楼组长", "Secret", 6, [new("a", "张兰"), new("b", "李强"), new("c", "王芳")]);
        PaperCountSerial = (await PaperBallots.SerialsAsync(app, PaperCount))[0];
        await PaperBallots.CloseAsync(app, PaperCount);
        await PaperBallots.ReadAsync(app, PaperCount, "inspector", (await PaperBallots.SerialsAsync(app, PaperCount))[1], "a", "b");
    }

    private async Task PrepareLaunchAsync(IPage page)
    {
        await page.GotoAsync("/staff/launch");
        await page.Locator("main form button").First.ClickAsync();
        await page.WaitForURLAsync("**/staff/launch/*", Arrived);
        Draft = new Uri(page.Url).AbsolutePath;
        foreach (var part in new[] { "what", "roll", "rules", "calendar", "people" })
        {
            await page.GotoAsync($"{Draft}/{part}");
            if (part == "what")
            {
                await page.Locator("main input.in").First.FillAsync("海棠院门口修路");
                await page.Locator("main textarea.in").First.FillAsync("大门口坑多，下雨积水。");
            }

            await page.Locator("main form button.btn").First.ClickAsync();
            await page.WaitForURLAsync(address => !address.EndsWith($"/{part}", StringComparison.Ordinal), Arrived);
        }
    }

    /// <summary>The first ballot with a yes or no fails, so that this page is seen too; all others pass.</summary>
    private async Task VoteAsync(OpenBallot ballot)
    {
        var isFirst = ballot.Options.Count == 0 && _asked.Count == 0 && _asked.Add(ballot.Question);
        string[] choices = isFirst ? ["Against"] : ballot.Yes;
        var voted = await _player.RowsAsync<string>(
            """
            select unit_key from participation where community_id = @community and ballot_id = @Id
            union all select unit_key from vote where community_id = @community and ballot_id = @Id
            """,
            new { ballot.Id });
        await _player.CastAsync(ballot.Id, (await _player.UnitsAsync(ballot.Id)).Where(unit => !voted.Contains(unit.UnitKey)).Select(unit => (unit, choices)));
    }
}
