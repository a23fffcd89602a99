using System.Net;
using Deliberation.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

public sealed class PageTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData("/enter")]
    [InlineData("/help")]
    [InlineData("/verify")]
    [InlineData("/projects")]
    [InlineData("/staff/sign-in")]
    [InlineData("/no-such-page")]
    public async Task Every_answer_carries_the_strict_headers(string path)
    {
        using var browser = host.Open();
        var answer = await browser.GetAsync(path);

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldContain("base-uri 'none'");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    /// <summary>Open to strangers: what lies in Pages/Public, these, and nothing else. A new name here is a decision.</summary>
    private static readonly string[] OpenToStrangers = 
    [
        "staff/sign-in", "staff/sign-out", "calendar/feed.ics", "openapi/{documentName}.json",
        "api/v1/ledger/checkpoint", "api/v1/ledger/proof", "api/v1/ledger/consistency", "api/v1/ledger/leaves", "api/v1/ledger/cosignatures", "ledger/bundle.zip",
        "api/v1/ballots/{ballot:guid}/result.json", "api/v1/ballots/{ballot:guid}/result.csv",
        "api/v1/ballots/{ballot:guid}/result.csv-metadata.json", "api/v1/ballots/{ballot:guid}/result.pb",
    ];

    [Fact]
    public void Every_route_names_the_policy_that_guards_it() => Silent(Routes()).ShouldBeEmpty();

    [Fact]
    public void Only_what_is_meant_for_strangers_is_open_to_them() => Routes()
        .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null
            && route.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null
            && route.Metadata.GetMetadata<PageActionDescriptor>()?.ViewEnginePath.StartsWith("/Public/", StringComparison.Ordinal) != true)
        .Select(route => route.RoutePattern.RawText!.TrimStart('/'))
        .ShouldBe(OpenToStrangers, ignoreOrder: true);

    [Fact]
    public void A_route_without_a_policy_would_be_found()
    {
        Silent([Route("bare"), Route("signed-in", new AuthorizeAttribute()), Route("guarded", new AuthorizeAttribute("Staff")), Route("open", new AllowAnonymousAttribute())])
            .ShouldBe(["bare", "signed-in"]);
        static RouteEndpoint Route(string pattern, params object[] metadata) =>
            new(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, new EndpointMetadataCollection(metadata), pattern);
    }

    private IEnumerable<RouteEndpoint> Routes() => host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
        .SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText != "{**path:file}"); // unpublished files; the fallback policy shuts it

    /// <summary>Being signed in is no policy: there are two kinds of sign-in.</summary>
    private static IEnumerable<string?> Silent(IEnumerable<RouteEndpoint> routes) => routes
        .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null && !route.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(guard => guard.Policy is { Length: > 0 }))
        .Select(route => route.RoutePattern.RawText);

    [Theory]
    [InlineData("/", "/enter")]
    [InlineData("/messages", "/enter")]
    [InlineData("/staff/projects", "/staff/sign-in")]
    [InlineData("/admin/timers", "/staff/sign-in")]
    public async Task A_stranger_is_shown_the_door_of_the_page(string path, string door)
    {
        using var browser = host.Open();
        var answer = await browser.GetAsync(path);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return; // a desk that is not built yet
        }

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldContain(door);
    }

    [Fact]
    public async Task A_missing_page_says_so_in_three_languages_with_the_telephone()
    {
        using var browser = host.Open();
        var answer = await browser.GetAsync("/no-such-page");
        var page = await Browser.ParseAsync(answer);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        page.QuerySelectorAll("main [lang]").Select(e => e.GetAttribute("lang")).ShouldBe(["zh-Hant", "en"]);
        page.QuerySelector("footer a[href^='tel:']").ShouldNotBeNull();
    }

    [Fact]
    public async Task Pages_are_in_simplified_Chinese_until_another_language_is_chosen()
    {
        using var browser = host.Open();
        (await browser.ReadAsync("/enter")).DocumentElement.GetAttribute("lang").ShouldBe("zh-Hans");

        var chosen = await browser.PostAsync("/settings", ("lang", "en"), ("return", "/enter"));
        chosen.Headers.Location!.ToString().ShouldBe("/enter");
        (await browser.ReadAsync("/enter")).DocumentElement.GetAttribute("lang").ShouldBe("en");

        await browser.PostAsync("/settings", ("lang", "klingon"));
        (await browser.ReadAsync("/enter")).DocumentElement.GetAttribute("lang").ShouldBe("en");
    }

    [Fact]
    public async Task Large_text_stays_chosen_for_a_year()
    {
        using var browser = host.Open();
        var chosen = await browser.PostAsync("/settings", ("elder", "1"), ("return", "/help"));

        chosen.Headers.GetValues("Set-Cookie").Single().ShouldContain("max-age=31536000");
        (await browser.ReadAsync("/help")).DocumentElement.ClassName.ShouldBe("elder");
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    public async Task A_switch_of_language_never_leads_elsewhere(string back)
    {
        using var browser = host.Open();
        var answer = await browser.PostAsync("/settings", ("lang", "en"), ("return", back));
        answer.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task A_form_from_another_site_changes_nothing()
    {
        using var browser = host.Open();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/settings")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("lang", "en")]),
            Headers = { { "Sec-Fetch-Site", "cross-site" } },
        };
        var answer = await browser.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var browser = host.Open();
        var answer = await browser.PostAsync("/enter?handler=Phone", ("Phone", "100-0000-0001"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_empty_form_names_the_field_in_summary_and_place_and_title()
    {
        using var browser = host.Open();
        var page = await Browser.ParseAsync(await browser.SendAsync("/enter", ("Phone", "")));

        var link = page.QuerySelector(".errs a")!;
        var field = page.QuerySelector(link.GetAttribute("href")!)!;
        page.QuerySelector($"#{field.Id}-wrong")!.TextContent.ShouldBe(link.TextContent);
        page.Title!.ShouldStartWith("\u9519\u8BEF");
    }

    [Fact]
    public async Task Files_have_a_fingerprint_and_are_kept_for_long()
    {
        using var browser = host.Open();
        var page = await browser.ReadAsync("/enter");
        foreach (var link in page.QuerySelectorAll("link[rel=stylesheet]").Select(l => l.GetAttribute("href")!))
        {
            var answer = await browser.GetAsync(link);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, link);
            answer.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromDays(365), link);
        }
    }

    [Fact]
    public async Task No_page_holds_script_or_style_of_its_own()
    {
        using var browser = host.Open();
        foreach (var path in new[] { "/enter", "/help", "/verify", "/staff/sign-in" })
        {
            var page = await browser.ReadAsync(path);
            page.QuerySelectorAll("script:not([src]), style, [style], [onclick]").ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task A_wrong_receipt_code_and_an_unknown_one_get_the_same_answer()
    {
        using var browser = host.Open();
        var wrong = await browser.ReadAsync("/verify?code=demo-0000-0000-0000-0000");
        var odd = await browser.ReadAsync("/verify?code=%27%3B--");
        wrong.QuerySelector("[role=status]")!.TextContent.ShouldBe(odd.QuerySelector("[role=status]")!.TextContent);
    }
}
