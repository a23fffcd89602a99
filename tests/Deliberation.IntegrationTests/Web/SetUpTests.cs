using System.Net;
using System.Text;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Operations;
using Deliberation.Features.Projects;
using Deliberation.Features.Templates;
using Deliberation.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The first run in production. Each test has a product of its own.</summary>
public sealed class SetUpTests : IAsyncLifetime
{
    private const string Password = "Kastanie-7-Bach";

    private EmptyHost _host = null!;

    public async Task InitializeAsync() => _host = await EmptyHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/")]
    [InlineData("/enter")]
    [InlineData("/projects")]
    [InlineData("/staff")]
    [InlineData("/staff/sign-in")]
    [InlineData("/admin/templates")]
    public async Task Until_set_up_every_page_leads_to_the_page_that_does_it(string path)
    {
        using var browser = _host.Open();
        var answer = await browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/set-up");
        (await browser.ReadAsync("/set-up")).QuerySelector(".lead")!.TextContent.Length.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task With_the_code_the_community_its_admin_and_the_ladder_are_made_and_the_page_is_gone()
    {
        using var browser = _host.Open();
        var answer = await browser.SendAsync("/set-up", Form(await CodeAsync()));

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/staff?said=set-up");
        (await browser.GetAsync("/staff?said=set-up")).StatusCode.ShouldBe(HttpStatusCode.OK); // signed in
        (await browser.GetAsync("/set-up")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.PostAsync("/set-up", Form("any"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest); // no form any more, so no token
        (await ScalarAsync<string>("select string_agg(post_code, ' ' order by rung) from post join post_holder using (community_id, post_code)"))
            .ShouldBe("GroupLeader Community Subdistrict District");
        (await ScalarAsync<string>("select time_zone || code || kind from community")).ShouldBe("Asia/ShanghaihaitangUrban");
        (await ScalarAsync<int>("select count(*) from audit_entry where action = 'SetUpProduct' and community_id = 1")).ShouldBe(1);
        (await ScalarAsync<int>("select count(*) from setup_code")).ShouldBe(0);

        using var stranger = _host.Open();
        (await stranger.GetAsync("/enter")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var signedIn = await stranger.SendAsync("/staff/sign-in", ("Login", "wang.li"), ("Password", Password));
        signedIn.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task After_the_set_up_a_project_can_be_launched()
    {
        using var browser = _host.Open();
        (await browser.SendAsync("/set-up", Form(await CodeAsync()))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var admin = new Caller(CallerKind.Admin, null, null, new StaffId(await ScalarAsync<Guid>("select staff_id from staff")), new HashSet<CommunityId> { new(1) });

        await using var scope = _host.Services.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        var form = new LaunchForm("old-compound-renovation", "Court", "", "", "", [], null);
        (await mediator.Send(new LaunchProject(admin, new CommunityId(1), "first", form))).Require();

        (await ScalarAsync<int>("select count(*) from workflow_instance where status = 'Running' and sub_status <> 'Faulted'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_its_field_and_what_was_typed_stays()
    {
        using var browser = _host.Open();
        var answer = await browser.SendAsync(
            "/set-up", ("Code", ""), ("Name", "Haitang"), ("ShortCode", "9 X"), ("Phone", "call me"), ("TimeZone", "Europe/Berlin"), ("Login", "W!"), ("Password", "password1234"));
        var page = await Browser.ParseAsync(answer);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var field in new[] { "Code", "Kind", "ShortCode", "Subdistrict", "District", "Phone", "OfficeHours", "TimeZone", "Login", "DisplayName", "Password" })
        {
            page.QuerySelector($"#{field}-wrong").ShouldNotBeNull(field);
            page.QuerySelector($".errs a[href='#{field}']").ShouldNotBeNull(field);
        }

        foreach (var field in new[] { "Subdistrict", "District", "OfficeHours", "DisplayName" }) // one rule for all of them: the summary names each
        {
            page.QuerySelector($".errs a[href='#{field}']")!.TextContent.ShouldStartWith(page.QuerySelector($"label[for='{field}']")!.TextContent.Trim());
        }

        page.QuerySelector("#Name-wrong").ShouldBeNull();
        page.QuerySelector("#Name")!.GetAttribute("value").ShouldBe("Haitang");
        page.QuerySelector("#Phone")!.GetAttribute("value").ShouldBe("call me");
        (page.QuerySelector("#Password")!.GetAttribute("value") ?? "").ShouldBe("");
        (await ScalarAsync<int>("select count(*) from community")).ShouldBe(0);
    }

    [Fact]
    public async Task Guessing_the_code_is_over_after_five_tries_even_with_the_right_one()
    {
        using var browser = _host.Open();
        var code = await CodeAsync();
        for (var i = 0; i < 5; i++)
        {
            (await browser.SendAsync("/set-up", Form($"aaaa-bbbb-ccc{i}"))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }

        (await browser.SendAsync("/set-up", Form(code))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await ExecuteAsync("update sign_in_failure set failed_at = failed_at - interval '16 minutes'");
        (await browser.SendAsync("/set-up", Form(code))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_code_of_yesterday_opens_nothing()
    {
        using var browser = _host.Open();
        var code = await CodeAsync();
        await ExecuteAsync("update setup_code set made_at = made_at - interval '25 hours'");

        (await browser.SendAsync("/set-up", Form(code))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await ScalarAsync<int>("select count(*) from staff")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_who_set_up_at_once_make_one_community()
    {
        var code = await CodeAsync();
        using Browser first = _host.Open(), second = _host.Open();
        var answers = await Task.WhenAll(first.SendAsync("/set-up", Form(code)), second.SendAsync("/set-up", Form(code)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect).ShouldBe(1);
        (await ScalarAsync<int>("select count(*) from community")).ShouldBe(1);
        (await ScalarAsync<int>("select count(*) from staff")).ShouldBe(1);
    }

    [Fact]
    public async Task The_code_is_not_in_the_database()
    {
        var code = await CodeAsync();
        var kept = await ScalarAsync<byte[]>("select code_hash from setup_code");
        Encoding.Latin1.GetString(kept).ShouldNotContain(code);
        code.Length.ShouldBe(14);
    }

    [Theory]
    [InlineData("zh-Hans")]
    [InlineData("zh-Hant")]
    [InlineData("en")]
    public async Task The_page_is_whole_in_three_languages(string language)
    {
        using var browser = _host.Open();
        await browser.PostAsync("/settings", ("lang", language), ("return", "/set-up"));
        var page = await browser.ReadAsync("/set-up");

        page.DocumentElement.GetAttribute("lang").ShouldBe(language);
        page.QuerySelector("main")!.TextContent.ShouldNotContain("set-up.");
        page.QuerySelectorAll("script:not([src])").ShouldBeEmpty();
    }

    [Fact]
    public async Task Over_plain_http_a_browser_on_this_machine_can_set_up_and_anybody_else_is_told_to_use_https()
    {
        using var here = _host.Open("http://localhost");
        var form = await here.GetAsync("/set-up");
        form.StatusCode.ShouldBe(HttpStatusCode.OK);
        form.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.StartsWith("__Host-", StringComparison.Ordinal) && cookie.Contains("secure"));

        using var elsewhere = _host.Open("http://council.example");
        var answer = await elsewhere.GetAsync("/set-up");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("https");
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_https_the_pages_are_secure()
    {
        using var browser = _host.Open("http://council.example");
        browser.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        browser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        (await browser.GetAsync("/set-up")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static (string Name, string Value)[] Form(string code) =>
    [
        ("Code", code), ("Name", "Haitang"), ("Kind", "Urban"), ("ShortCode", "haitang"), ("Subdistrict", "Third"), ("District", "North"), ("Phone", "100-0000-0612"),
        ("OfficeHours", "8:30-17:30"), ("TimeZone", "Asia/Shanghai"), ("Login", "Wang.Li"), ("DisplayName", "Wang Li"), ("Password", Password),
    ];

    private async Task<string> CodeAsync() => (await _host.Services.GetRequiredService<SetUpCodes>().MakeAsync(default)).ShouldNotBeNull();

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _host.Database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _host.Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
