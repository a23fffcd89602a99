using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Testing;
using Shouldly;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>A resident's calendar, read by ical.js.</summary>
public sealed class CalendarTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestApp _app = new();

    public Task InitializeAsync() => _app.InitializeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_meeting_keeps_its_id_when_it_is_moved_and_is_cancelled_in_the_file_too()
    {
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        var meeting = Guid.NewGuid();
        await connection.ExecuteAsync(
            """
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'Lamps', 't', 1, 'InPlan');
            insert into meeting (community_id, meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, place, quorum_numerator, quorum_denominator, quorum_is_strict)
            values (1, @meeting, @project, gen_random_uuid(), 'v', 'Council', 1, @theme, date_trunc('second', council_now()) + interval '3 days', 'Hall; ground floor', 1, 2, true)
            """,
            new { meeting, project = Guid.NewGuid(), theme = "路灯，长椅, 还有很多很多要一起商量的事情：" + new string('事', 60) + "\nBEGIN:VEVENT" });
        using var browser = _app.Browser();
        var slip = (await browser.ReadAsync("/q/demo-3-502")).Form();
        if (slip.Controls("Person").FirstOrDefault() is IHtmlInputElement person)
        {
            slip.Fill("Person", person.Value);
        }

        await browser.SubmitAsync(slip);

        var first = await ReadAsync(browser, $"/calendar/{meeting}.ics");
        first["sequence"]!.GetValue<int>().ShouldBe(0);
        ((string?)first["title"])!.ShouldEndWith("事\nBEGIN:VEVENT");
        ((string?)first["place"]).ShouldBe("Hall; ground floor");
        ((string?)first["status"]).ShouldBe("CONFIRMED");

        await connection.ExecuteAsync(
            """
            update meeting set meets_at = meets_at + interval '1 day' where meeting_id = @meeting;
            insert into project_event (community_id, project_id, event_id, at, kind, text_key, is_automatic, link)
            select 1, project_id, gen_random_uuid(), council_now(), 'Meeting', 'meeting.timeline.moved', false, '/meetings/' || meeting_id from meeting where meeting_id = @meeting
            """,
            new { meeting });
        var moved = await ReadAsync(browser, "/calendar.ics");
        ((string?)moved["uid"], moved["sequence"]!.GetValue<int>()).ShouldBe(((string?)first["uid"], 1));
        DateTimeOffset.Parse((string)moved["at"]!, null).ShouldBe(DateTimeOffset.Parse((string)first["at"]!, null).AddDays(1));

        await connection.ExecuteAsync("update meeting set state = 'Concluded', outcome = 'Cancelled' where meeting_id = @meeting", new { meeting });
        var cancelled = await ReadAsync(browser, "/calendar.ics");
        ((string?)cancelled["status"], cancelled["sequence"]!.GetValue<int>()).ShouldBe(("CANCELLED", 2));
        (await browser.GetAsync($"/calendar/{Guid.NewGuid()}.ics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<JsonNode> ReadAsync(Browser browser, string path)
    {
        var answer = await browser.GetAsync(path);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/calendar");
        using var reader = OsProcess.Start(new System.Diagnostics.ProcessStartInfo("node", ["read-calendar.mjs"])
        {
            WorkingDirectory = MailServer.Folder(), RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        await using (var input = reader.StandardInput.BaseStream)
        {
            await answer.Content.CopyToAsync(input);
        }

        return JsonNode.Parse(await reader.StandardOutput.ReadToEndAsync())!.AsArray().ShouldHaveSingleItem()!;
    }
}
