using System.Net;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The desks on the running product: who may open what, and the launch wizard from template to project.</summary>
public sealed partial class StaffPagesTests(TestApp app) : IClassFixture<TestApp>
{
    [Theory]
    [InlineData("staff", "/staff")]
    [InlineData("staff", "/staff?view=posts&page-no=2")]
    [InlineData("staff", "/staff/projects?stage=Build&search=x")]
    [InlineData("staff", "/staff/launch")]
    [InlineData("staff", "/staff/ballots")]
    [InlineData("staff", "/staff/meetings")]
    [InlineData("staff", "/staff/notices")]
    [InlineData("staff", "/staff/residents")]
    [InlineData("staff", "/staff/roll")]
    [InlineData("staff", "/staff/roll/import")]
    [InlineData("staff", "/staff/roll/disputes?show=all")]
    [InlineData("staff", "/staff/messages?channel=Sms")]
    [InlineData("staff", "/staff/questions?show=answered")]
    [InlineData("staff", "/staff/departments")]
    [InlineData("staff", "/staff/zones")]
    [InlineData("staff", "/staff/resolutions?show=over")]
    [InlineData("official", "/board/resolutions")]
    [InlineData("official", "/board/duties")]
    [InlineData("staff", "/dev/outbox")]
    [InlineData("admin", "/admin/templates")]
    [InlineData("admin", "/admin/templates/old-compound-renovation")]
    [InlineData("admin", "/admin/workflows")]
    [InlineData("admin", "/admin/workflows?show=Over")]
    [InlineData("admin", "/admin/timers")]
    [InlineData("admin", "/admin/system")]
    [InlineData("admin", "/admin/law")]
    [InlineData("admin", "/admin/law/civil-code-2021")]
    [InlineData("admin", "/board")]
    [InlineData("official", "/board")]
    [InlineData("official", "/board/timers")]
    [InlineData("supervisor", "/board")]
    public async Task The_right_role_opens_the_page(string login, string address)
    {
        using var browser = await SignInAsync(login);

        var answer = await browser.GetAsync(address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("[", (await Browser.ParseAsync(answer)).QuerySelector("h1")!.TextContent);
    }

    [Theory]
    [InlineData("staff", "/admin/templates")]
    [InlineData("staff", "/admin/workflows")]
    [InlineData("staff", "/admin/timers")]
    [InlineData("staff", "/admin/system")]
    [InlineData("staff", "/admin/law")]
    [InlineData("staff", "/board")]
    [InlineData("official", "/staff")]
    [InlineData("official", "/admin/templates")]
    [InlineData("official", "/admin/timers")]
    [InlineData("supervisor", "/staff/residents")]
    [InlineData("supervisor", "/staff/roll")]
    [InlineData("official", "/staff/roll/import")]
    public async Task Another_role_is_refused(string login, string address)
    {
        using var browser = await SignInAsync(login);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(address)).StatusCode);
    }

    [Fact]
    public async Task Who_is_signed_in_at_a_desk_keeps_it_on_a_refused_page_and_where_the_set_up_is_gone()
    {
        using var staff = await SignInAsync("staff");
        using var official = await SignInAsync("official");
        using var stranger = app.Browser();

        Assert.Equal("/staff", await BackAsync(staff, "/admin/system", HttpStatusCode.Forbidden, isDesk: true));
        Assert.Equal("/staff", await BackAsync(staff, "/set-up", HttpStatusCode.NotFound, isDesk: true));
        Assert.Equal("/board", await BackAsync(official, "/staff/projects", HttpStatusCode.Forbidden, isDesk: true));
        Assert.Equal("/", await BackAsync(stranger, "/set-up", HttpStatusCode.NotFound, isDesk: false));

        static async Task<string?> BackAsync(Browser browser, string address, HttpStatusCode status, bool isDesk)
        {
            var answer = await browser.GetAsync(address);
            var page = await Browser.ParseAsync(answer);
            Assert.Equal((status, isDesk, isDesk), (answer.StatusCode, page.DocumentElement.ClassList.Contains("desk"), page.QuerySelector("nav.nav a") is not null));
            return page.QuerySelector("main a.lnk")!.GetAttribute("href");
        }
    }

    [Fact]
    public async Task A_stranger_is_sent_to_the_sign_in()
    {
        using var browser = app.Browser();

        Assert.Equal("/staff/sign-in", (await browser.GetAsync("/staff/projects")).RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task Another_community_s_project_is_absent()
    {
        var community = new CommunityId(1);
        var launched = (await app.SendAsync(new LaunchProject(
            await app.StaffAsync("staff"), community, "pages-1", new LaunchForm("old-compound-renovation", "Title", "Summary", "", "", [], null)))).Require();
        using var own = await SignInAsync("staff");
        using var other = await SignInAsync("courtyard");

        foreach (var address in new[] { $"/staff/projects/{launched}", $"/staff/works/{launched}", $"/staff/outcomes/{launched}", $"/staff/messages?project={launched}" })
        {
            Assert.Equal(HttpStatusCode.OK, (await own.GetAsync(address)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/staff/projects/{launched}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/staff/works/{launched}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync($"/staff/tasks/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync("/staff/ballots/not-an-id")).StatusCode);
    }

    [Fact]
    public async Task Who_stands_in_for_a_post_is_told_before_the_button()
    {
        var launched = (await app.SendAsync(new LaunchProject(
            await app.StaffAsync("staff"), new CommunityId(1), "pages-2", new LaunchForm("old-compound-renovation", "Title", "Summary", "", "", [], null)))).Require();
        await app.DrainAsync();
        await using var connection = await app.Database.DataSource.OpenConnectionAsync();
        var task = await connection.QuerySingleAsync<Guid>("select task_id from work_task where project_id = @project and post_code = 'Community'", new { project = launched.Value });
        using var holder = await SignInAsync("chair");
        using var stranger = await SignInAsync("admin");

        Assert.Null((await holder.ReadAsync($"/staff/tasks/{task}")).Form("Complete").QuerySelector(".note"));
        var note = (await stranger.ReadAsync($"/staff/tasks/{task}")).Form("Complete").QuerySelector(".note")!;

        Assert.Contains(await connection.QuerySingleAsync<string>("select display_name from acting_holder(1, council_now()) join staff using (staff_id) where post_code = 'Community' order by held_from, staff_id limit 1"), note.TextContent);
        Assert.True(note.CompareDocumentPosition(note.ParentElement!.QuerySelector("button")!).HasFlag(AngleSharp.Dom.DocumentPositions.Following));
    }

    [Fact]
    public async Task The_wizard_leads_from_a_template_to_a_running_project_and_keeps_what_was_typed()
    {
        using var browser = await SignInAsync("staff");
        var draft = await browser.SendAsync("/staff/launch", ("Template", "old-compound-renovation"));
        var address = draft.RequestMessage!.RequestUri!.AbsolutePath;

        var refused = await browser.SendAsync($"{address}/what", ("title", ""), ("summary", "Typed already"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("Typed already", ((IHtmlTextAreaElement)(await Browser.ParseAsync(refused)).QuerySelector("[name=summary]")!).TextContent);

        await browser.SendAsync($"{address}/what", ("title", "Wizard"), ("summary", "Typed already"));
        foreach (var part in new[] { "roll", "rules", "calendar", "people" })
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync($"{address}/{part}")).StatusCode);
        }

        var check = await browser.ReadAsync($"{address}/check");
        Assert.NotEmpty(check.QuerySelectorAll("table tbody tr"));
        var launched = await browser.SendAsync($"{address}/check");
        Assert.StartsWith("/staff/projects/", launched.RequestMessage!.RequestUri!.AbsolutePath);
        await using var connection = await app.Database.DataSource.OpenConnectionAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from project where title = 'Wizard'"));
    }

    [Fact]
    public async Task A_number_out_of_its_bounds_is_refused_at_its_field()
    {
        using var browser = await SignInAsync("staff");
        var draft = await browser.SendAsync("/staff/launch", ("Template", "old-compound-renovation"));

        var refused = await browser.SendAsync($"{draft.RequestMessage!.RequestUri!.AbsolutePath}/rules", ("Seats", "13"));

        var page = await Browser.ParseAsync(refused);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.NotNull(page.QuerySelector(".field.bad [name=Seats]"));
        Assert.StartsWith(page.QuerySelector("label[for=Seats]")!.TextContent.Trim(), page.QuerySelector(".errs a[href='#Seats']")!.TextContent);
        Assert.Equal("13", ((IHtmlInputElement)page.QuerySelector("[name=Seats]")!).Value);
    }

    [Fact]
    public async Task A_secret_ballot_s_papers_are_handed_in_once_some_are_issued_and_every_empty_field_is_named_at_once()
    {
        await using var connection = await app.Database.DataSource.OpenConnectionAsync();
        var ballot = await connection.QuerySingleAsync<Guid>(
            """
            with p as (insert into project (community_id, project_id, title, template_id, template_version, state) values (1, gen_random_uuid(), 'Court', 't', 1, 'InPlan') returning project_id)
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, options, max_choices, opens_at, closes_at, state,
                roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, public_key)
            select 1, gen_random_uuid(), project_id, gen_random_uuid(), 'v', 'Who?', '{"rule":"OfficeElection","seats":1}', 'Households', 'Secret', 'residents-committee-2026', 1,
                '[{"id":"a","text":"Ann"},{"id":"b","text":"Ben"}]', 1, council_now() - interval '1 hour', council_now() + interval '1 day', 'Open', 150, 150, 0, '\x00', sha256('roll'), '\x00'
            from p returning ballot_id
            """);
        using var browser = await SignInAsync("staff");
        var address = $"/staff/ballots/{ballot}/papers";
        Assert.Null((await browser.ReadAsync(address)).FindForm("Returned"));

        await browser.SubmitAsync((await browser.ReadAsync(address)).Form("Issue").Fill("Station", "Gate").Fill("Number", "2"));
        var refused = await browser.SubmitAsync((await browser.ReadAsync(address)).Form("Returned"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(
            ["#Unit", "#Witness"],
            (await Browser.ParseAsync(refused)).QuerySelectorAll(".errs a").Select(link => link.GetAttribute("href")!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Somebody_else_s_template_version_is_shown_beside_one_s_own()
    {
        using var browser = await SignInAsync("admin");
        const string address = "/admin/templates/old-compound-renovation";
        var mine = (await browser.ReadAsync(address)).Form();
        await browser.SendAsync(address, ("VisitDays", "20"), ("Note", "first"));

        var refused = await browser.SubmitAsync(mine.Fill("VisitDays", "21").Fill("Note", "second"));

        var page = await Browser.ParseAsync(refused);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var difference = page.QuerySelector(".note.no table tbody tr")!.TextContent;
        Assert.Contains("20", difference);
        Assert.Contains("21", difference);
    }

    private async Task<Browser> SignInAsync(string login)
    {
        var browser = app.Browser();
        await browser.SendAsync("/staff/sign-in", ("Login", login), ("Password", app.Password(login)));
        return browser;
    }
}
