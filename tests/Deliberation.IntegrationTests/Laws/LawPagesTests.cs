using System.Net;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Laws;

/// <summary>The admin's pages about laws, and what other pages say until they have been used.</summary>
public sealed class LawPagesTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task The_admin_is_asked_to_confirm_the_laws_in_force_and_the_question_goes_with_the_answer()
    {
        using var admin = app.Browser();
        await admin.SendAsync("/staff/sign-in", ("Login", "admin"), ("Password", app.Password("admin")));
        var home = (await admin.ReadAsync("/admin")).QuerySelector("main")!.TextContent;
        home.ShouldContain("2 部现行法律的数字还没有人核实过");
        (await admin.ReadAsync("/admin/law")).QuerySelectorAll("main .cell .st.due").Length.ShouldBe(2);

        var wrong = await admin.SendAsync("/admin/law/residents-committee-2026", ("Basis", "四个字。"));
        wrong.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Browser.ParseAsync(wrong)).QuerySelector("#Basis-wrong")!.TextContent.ShouldContain("5 到 500");

        var done = await Browser.ParseAsync(await admin.SendAsync("/admin/law/residents-committee-2026", ("Basis", "和公布的全文核对过第八、九、十条"), ("Document", "https://example.org/law")));
        done.QuerySelector("main")!.TextContent.ShouldContain("已记下核实");
        done.QuerySelector("main td a")!.GetAttribute("href").ShouldBe("https://example.org/law");
        (await admin.ReadAsync("/admin")).QuerySelector("main")!.TextContent.ShouldContain("1 部现行法律的数字还没有人核实过");

        await admin.SendAsync("/admin/law/residents-committee-2026", ("WithdrawReason", "有一个数字看错了"));
        (await admin.ReadAsync("/admin")).QuerySelector("main")!.TextContent.ShouldContain("2 部现行法律的数字还没有人核实过");
        (await admin.ReadAsync("/admin/law/residents-committee-2026")).QuerySelectorAll("main tbody tr").Length.ShouldBe(2);
        (await admin.GetAsync("/admin/law/nobodys-law")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
