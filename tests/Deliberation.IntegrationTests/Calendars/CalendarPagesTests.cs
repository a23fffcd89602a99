using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Calendars;

/// <summary>The import with its preview, and the year's page after it.</summary>
public sealed class CalendarPagesTests(TestApp app) : IClassFixture<TestApp>
{
    private const string List = "2027-10-01/2027-10-07,休,国庆节\n2027-10-09,班";

    [Fact]
    public async Task An_admin_looks_at_a_list_before_it_is_taken_and_sees_the_year_afterwards()
    {
        using var admin = app.Browser();
        await admin.SendAsync("/staff/sign-in", ("Login", "admin"), ("Password", app.Password("admin")));
        (await MainAsync(admin, "/admin/calendar?year=2027")).ShouldContain("待公布");

        var wrong = await Browser.ParseAsync(await admin.SendAsync("/admin/calendar/import?handler=Preview", ("Year", "2027"), ("Text", "2027-10-01,休\n2027-10-01,班")));
        wrong.QuerySelector("main .note.no")!.TextContent.ShouldContain("又休又班：2027年10月1日");
        wrong.QuerySelector("[name=Text]")!.TextContent.ShouldContain("2027-10-01,班"); // nothing typed is lost
        var preview = await Browser.ParseAsync(await admin.SendAsync("/admin/calendar/import?handler=Preview", ("Year", "2027"), ("Text", List)));
        preview.QuerySelector("main .note.ok")!.TextContent.ShouldContain("放假 7 天，调休上班 1 天");
        var unfounded = await SaveAsync(admin, preview, "无");
        unfounded.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var saved = await Browser.ParseAsync(await SaveAsync(admin, await Browser.ParseAsync(unfounded), "国办发明电〔2026〕9号"));
        saved.QuerySelector("main .note.ok")!.TextContent.ShouldContain("已保存");
        saved.QuerySelectorAll("main svg[role=img]").Length.ShouldBe(12);
        saved.QuerySelector("main svg[aria-label^='10月']")!.GetAttribute("aria-label")!.ShouldContain("放假");
    }

    private static Task<HttpResponseMessage> SaveAsync(Browser browser, IHtmlDocument page, string reason)
    {
        var form = page.QuerySelector<IHtmlFormElement>("main form[enctype]")!;
        form.Fill("Reason", [reason]);
        return browser.SubmitAsync(form, page.QuerySelector<IHtmlElement>("button[formaction*=Save]"));
    }

    private static async Task<string> MainAsync(Browser browser, string address) => (await browser.ReadAsync(address)).QuerySelector("main")!.TextContent;
}
