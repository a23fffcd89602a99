using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>A rehearsal over HTTP, as a browser without script does it: staff begin it, a stranger tries it, the home page leads there.</summary>
public sealed class RehearsalPagesTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task Staff_begin_a_rehearsal_and_a_stranger_tries_it_under_its_banner_to_the_receipt()
    {
        var project = await ProjectAsync();
        using var staff = app.Browser();
        await staff.SendAsync("/staff/sign-in", ("Login", "staff"), ("Password", app.Password("staff")));
        var desk = $"/staff/projects/{project}/rehearsal";
        (await staff.ReadAsync($"/staff/projects/{project}")).QuerySelector($"a[href='{desk}']").ShouldNotBeNull();
        (await staff.SendAsync(desk, ("Question", ""))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await staff.SendAsync(desk, ("Question", "中秋吃什么馅的月饼？"), ("Kind", "Ranks"), ("Choices", "豆沙\n五仁"));
        var link = (await staff.ReadAsync(desk)).QuerySelector("main a[href^='/rehearsals/']")!.GetAttribute("href")!;

        using var stranger = app.Browser();
        var paper = Rehearsed(await stranger.ReadAsync(link));
        paper.QuerySelector("h1")!.TextContent.ShouldBe("中秋吃什么馅的月饼？");
        paper.QuerySelectorAll("main select").Length.ShouldBe(2);
        var empty = await stranger.SendAsync(link);
        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Rehearsed(await Browser.ParseAsync(empty)).QuerySelector(".errs a")!.GetAttribute("href").ShouldBe("#Choices");
        var wrong = await Browser.ParseAsync(await stranger.SubmitAsync(paper.Form().Fill("Choices-0", "1").Fill("Choices-1", "1")));
        Rehearsed(wrong).QuerySelector(".errs").ShouldNotBeNull();

        var check = Rehearsed(await Browser.ParseAsync(await stranger.SubmitAsync(wrong.Form().Fill("Choices-0", "2").Fill("Choices-1", "1"))));
        check.QuerySelector("dd.lead")!.TextContent.ShouldContain("五仁");
        var change = Rehearsed(await stranger.ReadAsync(check.QuerySelector(".sum a")!.GetAttribute("href")!));
        ((IHtmlSelectElement)change.QuerySelector("main select")!).Value.ShouldBe("2");
        var receipt = Rehearsed(await Browser.ParseAsync(await stranger.SubmitAsync(check.Form())));
        receipt.QuerySelector(".code")!.TextContent.ShouldMatch("^TRY-");
        receipt.Body!.TextContent.ShouldNotContain("五仁");

        (await staff.ReadAsync(desk)).QuerySelectorAll("main .sum dd").Skip(1).Select(figure => figure.TextContent.Trim()).ShouldBe(["2 人", "1 人", "2 人"]); // the empty paper was another one
        using var resident = app.Browser();
        var slip = (await resident.ReadAsync("/q/demo-3-502")).Form();
        if (slip.Controls("Person").FirstOrDefault() is IHtmlInputElement person)
        {
            slip.Fill("Person", person.Value);
        }

        await resident.SubmitAsync(slip);
        (await resident.ReadAsync("/")).QuerySelector($"a[href^='{link.Split('?')[0]}']").ShouldNotBeNull();

        await staff.SubmitAsync((await staff.ReadAsync(desk)).Form("End"));
        var over = await stranger.GetAsync(link);
        over.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Browser.ParseAsync(over)).Body!.TextContent.ShouldContain("演练已经结束");
    }

    /// <summary>The banner stands on every page of it.</summary>
    private static IHtmlDocument Rehearsed(IHtmlDocument page)
    {
        page.QuerySelectorAll("aside.demo").Select(banner => banner.TextContent.Trim()).ShouldContain("演练，投的不算数");
        page.Title!.ShouldContain("演练");
        return page;
    }

    /// <summary>It runs, and no ballot of it is open.</summary>
    private async Task<Guid> ProjectAsync()
    {
        var project = Guid.CreateVersion7();
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into project (community_id, project_id, title, template_id, template_version, state)
            select 1, @project, '门口修路', definition_id, version, 'InPlan' from workflow_definition where is_published limit 1
            """,
            new { project });
        return project;
    }
}
