using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Dapper;
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

    /// <remarks>Each form once with something wrong, which names the field and keeps the rest, and once right, which is said and holds.</remarks>
    [Theory]
    [InlineData("Day", "Day", "", "2026-11-18", "Kind:Rest", "Name:庙会", "Reason:庙会放假一天")]
    [InlineData("Day", "Kind", null, "Worked", "Day:2026-11-21", "Name:", "Reason:周六赶工一天")]
    [InlineData("Day", "Reason", "短", "街道通知调休", "Kind:Rest", "Day:2026-11-19", "Name:调休")]
    [InlineData("Hours", "MorningFrom", "13:00", "08:00", "MorningUntil:11:30", "AfternoonFrom:14:00", "AfternoonUntil:18:00", "QuietFrom:21:30", "QuietUntil:07:30", "Reason:冬季作息时间")]
    [InlineData("Hours", "QuietFrom", "", "20:00", "QuietUntil:07:00", "Reason:夜里不打扰居民")]
    [InlineData("Season", "First", "2027-08-31", "2027-07-10", "SeasonName:暑假", "SeasonKind:School", "Last:2027-08-30", "Reason:学校已经公布")]
    [InlineData("Season", "SeasonName", "", "秋收", "SeasonKind:Farming", "First:2027-09-20", "Last:2027-10-10", "Reason:村里秋收农忙")]
    public async Task A_form_of_the_editor_names_what_is_wrong_keeps_the_rest_and_then_saves(string form, string field, string? wrong, string right, params string[] others)
    {
        using var admin = await app.SignedInAsync("admin");
        var before = await ChangesAsync();
        var filled = (await admin.ReadAsync("/admin/calendar?year=2026")).Form(form);
        var rest = others.Select(other => other.Split(':', 2)).ToList();
        rest.ForEach(other => filled.Fill(other[0], other[1]));
        if (wrong is not null)
        {
            filled.Fill(field, wrong);
        }

        var refused = await admin.SubmitAsync(filled);
        var page = await Browser.ParseAsync(refused);
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        page.QuerySelector($".errs a[href='#{field}']").ShouldNotBeNull();
        (await ChangesAsync()).ShouldBe(before);
        var again = page.Form(form);
        foreach (var other in rest)
        {
            again.Controls(other[0]).OfType<IHtmlInputElement>().Any(control => control.Value == other[1] && (control.Type != "radio" || control.IsChecked)).ShouldBeTrue(other[0]);
        }

        var saved = await admin.SubmitAsync(again.Fill(field, right));
        saved.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe("/admin/calendar?year=2026&said=calendar-saved");
        (await ChangesAsync()).ShouldBe(before + 1);
        (await Browser.ParseAsync(saved)).QuerySelector("main")!.TextContent.ShouldContain(rest.Find(other => other[0] == "Reason")?[1] ?? right); // the change with its reason is the first of the list
    }

    [Fact]
    public async Task A_season_is_taken_away_with_a_reason_and_another_communitys_is_absent()
    {
        using var admin = await app.SignedInAsync("admin");
        await admin.SubmitAsync((await admin.ReadAsync("/admin/calendar")).Form("Season").Fill("SeasonName", "寒假").Fill("SeasonKind", "School").Fill("First", "2027-01-20").Fill("Last", "2027-02-25").Fill("Reason", "学校已经公布"));
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var season = await connection.QuerySingleAsync<Guid>("select season_id from calendar_season where name = '寒假'");
        var form = (await admin.ReadAsync("/admin/calendar")).Form("Remove", ("Season", $"{season}"));

        var refused = await Browser.ParseAsync(await admin.SubmitAsync(form));
        refused.QuerySelector(".errs a[href='#Reason']").ShouldNotBeNull();
        (await admin.SubmitAsync(refused.Form("Remove", ("Season", $"{season}")).Fill("Reason", "放假安排有变"))).RequestMessage!.RequestUri!.Query.ShouldContain("said=calendar-saved");
        (await connection.ExecuteScalarAsync<long>("select count(*) from calendar_season where season_id = @season", new { season })).ShouldBe(0);

        var foreign = await connection.QuerySingleAsync<Guid>(
            """
            with other as (insert into community_calendar (community_id) select max(community_id) from community on conflict (community_id) do update set quiet_from = excluded.quiet_from returning community_id)
            insert into calendar_season (community_id, season_id, name, kind, from_day, until_day) select community_id, gen_random_uuid(), '农忙', 'Farming', '2027-05-01', '2027-05-21' from other returning season_id
            """);
        var token = ("__RequestVerificationToken", ((IHtmlInputElement)form.Controls("__RequestVerificationToken").Single()).Value);
        (await admin.PostAsync("/admin/calendar?handler=Remove", token, ("year", "2027"), ("Season", $"{foreign}"), ("Reason", "不是我们的"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await connection.ExecuteScalarAsync<long>("select count(*) from calendar_season where season_id = @foreign", new { foreign })).ShouldBe(1);
    }

    private async Task<long> ChangesAsync()
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from calendar_change where community_id = 1");
    }

    private static Task<HttpResponseMessage> SaveAsync(Browser browser, IHtmlDocument page, string reason)
    {
        var form = page.QuerySelector<IHtmlFormElement>("main form[enctype]")!;
        form.Fill("Reason", [reason]);
        return browser.SubmitAsync(form, page.QuerySelector<IHtmlElement>("button[formaction*=Save]"));
    }

    private static async Task<string> MainAsync(Browser browser, string address) => (await browser.ReadAsync(address)).QuerySelector("main")!.TextContent;
}
