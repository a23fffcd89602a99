using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Features.Rehearsals;
using Deliberation.Features.Residents;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Deliberation.Web.Pages.Residents.Ballots;
using Microsoft.Extensions.DependencyInjection;
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

    /// <summary>A paper with two questions that waits for everybody's vote.</summary>
    public Guid Paper { get; private set; }

    /// <summary>The project that asks them.</summary>
    public Guid PaperProject { get; private set; }

    /// <summary>Address of the receipt of a paper that was handed in.</summary>
    public string PaperReceipt { get; private set; } = "";

    /// <summary>Address of a rehearsal that runs.</summary>
    public string Rehearsal { get; private set; } = "";

    /// <summary>Its desk.</summary>
    public string RehearsalDesk { get; private set; } = "";

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

    /// <summary>An owners' ballot whose unreturned papers follow the majority, some of them delivered.</summary>
    public BallotId Deliveries { get; private set; }

    /// <summary>Another one, counted.</summary>
    public BallotId Followed { get; private set; }

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
        var chooser = await Choosers.PrepareAsync(this);
        var home = await OneAsync($"select {Choosers.Place}::text");
        var paper = (await app.SendAsync(new IssueSlip(await app.StaffAsync("admin"), new CommunityId(int.Parse(home!, System.Globalization.CultureInfo.InvariantCulture)), null, new ResidentId(Guid.Parse(chooser))))).Require();
        await KeepAsync(Who.Chooser, page => EnterAsync(page, paper.Token));
        await KeepAsync(Who.Voter, VoteByHandAsync);
        await OpenPaperAsync();
        await KeepAsync(Who.Helped, HelpAsync);
        await KeepAsync(Who.Staff, PrepareLaunchAsync);
        await PreparePapersAsync();
        await RehearseAsync();
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

    /// <summary>Two projects that come to a ballot, and a rehearsal of one's.</summary>
    private async Task RehearseAsync()
    {
        var project = Guid.Parse("00000000-0000-7000-8000-0000000000a2");
        await OneAsync(
            $"""
            with added as (
                insert into project (community_id, project_id, title, template_id, template_version, state)
                select @community, p.id::uuid, p.title, d.definition_id, d.version, 'InPlan'
                from (select definition_id, version from workflow_definition where is_published order by definition_id limit 1) d
                cross join (values ('{Scenes.QuietProject}', '院门口加灯'), ('{project}', '小广场铺砖')) p (id, title)
                returning 1)
            select count(*)::text from added
            """);
        var rehearsal = (await app.SendAsync(new StartRehearsal(
            await app.StaffAsync("staff"), Demo, new ProjectId(project), "中秋院里吃什么馅的月饼？", PaperKind.Ranks, ["豆沙", "五仁", "莲蓉蛋黄"], 1, true))).Require();
        Rehearsal = $"/rehearsals/{rehearsal}?c=demo";
        RehearsalDesk = $"/staff/projects/{project}/rehearsal";
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
        (Deliveries, Followed) = (await OwnersBallots.OpenAsync(app, "院里装充电桩"), await OwnersBallots.OpenAsync(app, "换物业公司"));
        await OwnersBallots.DeliverAsync(app, Deliveries, 6);
        await OwnersBallots.DeliverAsync(app, Followed, null);
        await OwnersBallots.VoteAsync(app, Followed, 0.6m);
        await PaperBallots.CloseAsync(app, Followed);
        PaperBox = await PaperBallots.OpenAsync(app, "要不要请保安值夜班", "Secret", 20);
        PaperCount = await PaperBallots.OpenAsync(app, "选两位楼组长", "Secret", 6, [new("a", "张兰"), new("b", "李强"), new("c", "王芳")]);
        PaperCountSerial = (await PaperBallots.SerialsAsync(app, PaperCount))[0];
        await PaperBallots.CloseAsync(app, PaperCount);
        await PaperBallots.ReadAsync(app, PaperCount, "inspector", (await PaperBallots.SerialsAsync(app, PaperCount))[1], "a", "b");
    }

    /// <summary>Two questions to all households, by name, with a document each way: brought along, and of the project. One household has handed its paper in.</summary>
    private async Task OpenPaperAsync()
    {
        PaperProject = Guid.Parse((await OneAsync("select project_id::text from project where community_id = @community and state = 'InBuild' order by launched_at limit 1"))!);
        var instance = Guid.Parse((await OneAsync($"select instance_id::text from workflow_instance where community_id = @community and project_id = '{PaperProject}' order by created_at limit 1"))!);
        var staff = await app.StaffAsync("staff");
        (await app.SendAsync(new AttachDocument(staff, Demo, new ProjectId(PaperProject), "施工图", "%PDF-1.7"u8.ToArray()))).Require();
        var rule = new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true };
        await using (var scope = app.Services.CreateAsyncScope())
        await using (var connection = await app.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var now = await connection.CouncilNowAsync();
            foreach (var question in new[] { "院门口要不要装道闸？", "停车费按月收还是不收？同意就是按月收" })
            {
                var step = new StepContext(Demo, new ProjectId(PaperProject), instance, Guid.NewGuid().ToString("N"), "ballot", connection, now);
                await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<OpenBallotCommand>>().HandleAsync(
                    new OpenBallotCommand(question, "", rule.DeepClone().AsObject(), "Households", [], null, "Named", "civil-code-2021", 1, [], now, now.AddDays(12))
                    {
                        Paper = "walk",
                        Documents = [new BallotText("管理办法", "一、居民的车免费停一辆。\n二、来访的车停两小时以内不收费。\n三、收的钱用来修路，每月公布。")],
                    },
                    step, CancellationToken.None);
            }

            await transaction.CommitAsync();
        }

        Paper = Guid.Parse((await OneAsync($"select distinct paper_id::text from ballot where community_id = @community and project_id = '{PaperProject}' and paper_id is not null and state = 'Open'"))!);
        var ballots = (await _player.RowsAsync<Guid>("select ballot_id from ballot where community_id = @community and paper_id = @Paper order by ballot_id", new { Paper })).ToList();
        var voter = new ResidentId(Guid.Parse((await OneAsync(
            $"select p.resident_id::text from roll_entry_person p join household h on h.community_id = p.community_id and 'h:' || h.household_id = p.unit_key where p.community_id = @community and p.ballot_id = '{ballots[0]}' and h.door <> '3-502' order by p.unit_key limit 1"))!));
        var caller = new Caller(CallerKind.Resident, voter, null, null, new HashSet<CommunityId> { Demo });
        var votes = (await app.SendAsync(new CastPaper(caller, Demo, Paper, [.. ballots.Select(ballot => new PaperVote(new BallotId(ballot), ["For"]))], Guid.NewGuid().ToString()))).Require();
        var slip = new PaperSlip(Demo.Value, votes[0].Receipt.ReceivedAt, votes[0].MayReplaceUntil!.Value, false, true, [.. votes.Select(vote => vote.Receipt.Code)]);
        PaperReceipt = $"/receipts/paper/{app.Services.GetRequiredService<Papers>().Seal(slip)}";
    }

    /// <summary>Staff begin at the help desk; the quarter of an hour is made longer than the walk.</summary>
    private async Task HelpAsync(IPage page)
    {
        await SignInAsync(page, "staff");
        await page.GotoAsync("/staff/residents");
        await page.Locator("[name=Find]").First.FillAsync("3-601");
        await Scenes.SendAsync(page, page.Locator("form[role=search] button"));
        var person = page.Locator("section.sheet:has(.st)").First; // the delegate, who is on the rolls
        await person.Locator("summary", new LocatorLocatorOptions { HasText = "和本人一起办" }).ClickAsync();
        await person.Locator("[name=Witness]").FillAsync("见证的人");
        await person.Locator("label.opt:has([name=Distant])").ClickAsync();
        await person.Locator("form:has([name=Witness]) button").ClickAsync();
        await page.WaitForURLAsync(address => new Uri(address).AbsolutePath == "/", Arrived);
        await OneAsync("with longer as (update resident_session set lease_until = clock_timestamp() + interval '1 day' where community_id = @community and helper_id is not null returning 1) select count(*)::text from longer");
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
