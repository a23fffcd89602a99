using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>The roll over HTTP, as a browser without script does it.</summary>
public sealed class RollPagesTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task A_file_is_uploaded_checked_mended_and_confirmed()
    {
        using var browser = await SignInAsync();
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var chinese = Encoding.GetEncoding("GB18030");
        var before = await CountAsync();

        var wrong = await UploadAsync(browser, chinese.GetBytes($"{Tables.Headings}\r\n{Tables.Owner("8号楼", "8-101", "钱新来", "100-9999-0001", "-1")}\r\n"), "名册.csv");
        Assert.Contains("第 2 行，楼栋", wrong.Body!.TextContent);
        Assert.Contains("8号楼", wrong.Body.TextContent);
        Assert.Contains("面积不能是负数", wrong.Body.TextContent);
        Assert.Null(wrong.FindForm("Apply"));

        var right = await UploadAsync(browser, chinese.GetBytes($"{Tables.Headings}\r\n{Tables.Owner("8号楼", "8-101", "钱新来", "100-9999-0001", "89.65")}\r\n"), "名册.csv", ("HasNewBuildings", "true"));
        Assert.Equal(before, await CountAsync());
        var form = right.Form("Apply");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(form)).StatusCode); // no reason
        Assert.Equal(before, await CountAsync());
        var done = await Browser.ParseAsync(await browser.SubmitAsync(form.Fill("Reason", "新楼交付")));
        Assert.Contains("已经写进名册", done.Body!.TextContent);
        Assert.Equal(before + 1, await CountAsync());
        await browser.SubmitAsync(form); // pressed again
        Assert.Equal(before + 1, await CountAsync());

        var door = await browser.ReadAsync("/staff/roll/door?building=8%E5%8F%B7%E6%A5%BC&door=8-101");
        Assert.Contains("钱新来", door.Body!.TextContent);
        Assert.Contains("89.65", door.Body.TextContent);
        Assert.Contains("新楼交付", door.Body.TextContent);
    }

    [Fact]
    public async Task The_template_of_the_page_is_a_table_that_is_read()
    {
        using var browser = await SignInAsync();

        var template = await (await browser.GetAsync("/staff/roll/import?handler=Template")).Content.ReadAsByteArrayAsync();

        Assert.Equal("1  no-rows", Assert.Single(Tables.ProblemsOf(template)));
        var page = await UploadAsync(browser, template, "roll.xlsx");
        Assert.Contains("只有表头", page.Body!.TextContent);
    }

    [Fact]
    public async Task Nothing_chosen_too_much_and_pasted_cells()
    {
        using var browser = await SignInAsync();
        var page = await browser.ReadAsync("/staff/roll/import");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(browser, page, [], "")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(browser, page, new byte[(8 << 20) + 1], "big.csv")).StatusCode);
        var pasted = await Browser.ParseAsync(await PostAsync(browser, page, [], "", ("Pasted", "楼栋\t房号\t姓名\n9\t9-1\t王\n")));
        Assert.Contains("第 2 行", pasted.Body!.TextContent);
    }

    [Fact]
    public async Task A_search_by_name_leaves_no_name_in_the_address_and_an_export_is_masked()
    {
        using var browser = await SignInAsync();
        var name = await app.DataSource.ScalarAsync<string>("select full_name from resident join unit_owner using (community_id, resident_id) where community_id = 1 order by resident_id limit 1");

        var found = await browser.SendAsync("/staff/roll", ("Find", name));

        Assert.DoesNotContain(Uri.EscapeDataString(name), found.RequestMessage!.RequestUri!.ToString());
        Assert.Contains(name, (await Browser.ParseAsync(found)).Body!.TextContent);
        var roll = await browser.ReadAsync("/staff/roll");
        var form = roll.Form("Export");
        var csv = await (await browser.SubmitAsync(form, form.Button("csv"))).Content.ReadAsStringAsync();
        Assert.DoesNotContain(name, csv);
        Assert.Contains("*", csv);
    }

    [Fact]
    public async Task A_resident_disputes_without_script_and_reads_the_answer()
    {
        using var resident = app.Browser();
        var slip = (await resident.ReadAsync("/q/demo-3-502")).Form();
        if (slip.Controls("Person").FirstOrDefault() is IHtmlInputElement person)
        {
            slip.Fill("Person", person.Value);
        }

        await resident.SubmitAsync(slip);
        var page = await resident.ReadAsync("/roll");
        Assert.Contains("3-502", page.Body!.TextContent);
        var form = page.Form();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await resident.SubmitAsync(form)).StatusCode);
        var filed = await Browser.ParseAsync(await resident.SubmitAsync(form.Fill("Matter", "Area").Fill("Message", "房产证上是 89.65 平方米")));
        Assert.Contains("收到了", filed.Body!.TextContent);

        using var staff = await SignInAsync();
        Assert.Contains("名册异议", (await staff.ReadAsync("/staff")).QuerySelector(".note.due")!.TextContent);
        var desk = await staff.ReadAsync("/staff/roll/disputes");
        var answer = desk.Form("Answer");
        await staff.SubmitAsync(answer.Fill("Answer", "查过了，已经改好"), answer.Button("true"));
        Assert.Contains("查过了，已经改好", (await resident.ReadAsync("/roll")).Body!.TextContent);
    }

    private async Task<Browser> SignInAsync()
    {
        var browser = app.Browser();
        await browser.SendAsync("/staff/sign-in", ("Login", "staff"), ("Password", app.Password("staff")));
        return browser;
    }

    private Task<int> CountAsync() => app.DataSource.ScalarAsync<int>("select count(*)::int from exclusive_unit where community_id = 1");

    private static async Task<IHtmlDocument> UploadAsync(Browser browser, byte[] content, string name, params (string Name, string Value)[] fields) =>
        await Browser.ParseAsync(await PostAsync(browser, await browser.ReadAsync("/staff/roll/import"), content, name, fields));

    private static async Task<HttpResponseMessage> PostAsync(Browser browser, IHtmlDocument page, byte[] content, string name, params (string Name, string Value)[] fields)
    {
        using var body = new MultipartFormDataContent();
        body.Add(new StringContent(((IHtmlInputElement)page.QuerySelector("main input[name=__RequestVerificationToken]")!).Value), "__RequestVerificationToken");
        foreach (var (field, value) in fields)
        {
            body.Add(new StringContent(value), field);
        }

        if (name.Length > 0)
        {
            var file = new ByteArrayContent(content);
            file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            body.Add(file, "Table", name);
        }

        return await browser.Http.PostAsync(new Uri("/staff/roll/import", UriKind.Relative), body);
    }
}

file static class Questions
{
    public static async Task<T> ScalarAsync<T>(this Npgsql.NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }
}
