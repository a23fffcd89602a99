using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>A calendar by its secret link.</summary>
[Collection(PostRoomGroup.Name)]
public sealed class CalendarFeedTests(PostRoom room) : IAsyncLifetime
{
    private static readonly CommunityId Here = new(1);

    public Task InitializeAsync() => room.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_resident_makes_a_link_renews_it_and_switches_it_off()
    {
        var (meeting, _) = await PlanAsync();
        using var resident = room.App.Browser();
        var slip = (await resident.ReadAsync("/q/demo-3-502")).Form();
        if (slip.Controls("Person").FirstOrDefault() is IHtmlInputElement person)
        {
            slip.Fill("Person", person.Value);
        }

        await resident.SubmitAsync(slip);
        using var program = room.App.Browser();
        var first = await MakeAsync(resident);
        var file = await program.GetAsync(first);
        file.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        var text = await file.Content.ReadAsStringAsync();
        text.ShouldContain($"UID:{meeting}@deliberation");
        text.ShouldContain("SUMMARY:Benches");
        text.ShouldNotContain("Task for the office");
        (await room.ReadAsync<int>($"select count(*)::int from calendar_feed f where encode(token_hash, 'escape') like '%{first[^20..]}%'")).ShouldBe(0, "only its hash is kept");

        var second = await MakeAsync(resident);
        second.ShouldNotBe(first);
        (await program.GetAsync(first)).StatusCode.ShouldBe(HttpStatusCode.NotFound, "a new link ends the old one");
        (await program.GetAsync(second)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var wrong in new[] { "/calendar/feed.ics", "/calendar/feed.ics?key=", "/calendar/feed.ics?key=x", second[..^1], second + "0", second.Replace("key=1.", "key=2.", StringComparison.Ordinal), second.Replace("key=1.", "key=99999999999.", StringComparison.Ordinal) })
        {
            (await program.GetAsync(wrong)).StatusCode.ShouldBe(HttpStatusCode.NotFound, wrong);
        }

        await resident.SubmitAsync((await resident.ReadAsync("/reach")).Form("FeedClose"));
        (await program.GetAsync(second)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await resident.ReadAsync("/reach")).FindForm("FeedClose").ShouldBeNull();
    }

    [Fact]
    public async Task Staff_see_their_tasks_until_they_leave_and_a_helper_sees_no_link()
    {
        var (meeting, task) = await PlanAsync();
        var holder = await room.App.HolderAsync("Community");
        var secret = (await room.App.SendAsync(new RenewCalendarFeed(holder, Here))).Require();
        using var program = room.App.Browser();
        var link = $"/calendar/feed.ics?key={secret}";
        var text = await (await program.GetAsync(link)).Content.ReadAsStringAsync();
        text.ShouldContain($"UID:{task}@deliberation");
        text.ShouldContain("办理截止：Task for the office");
        text.ShouldContain("办理截止：Order for the office");
        text.ShouldNotContain("Order for others");
        text.ShouldNotContain("Answered already");
        text.Replace("\r\n ", "", StringComparison.Ordinal).ShouldContain("/board/orders/00000000-0000-7000-8000-00000000ca1e");
        text.Replace("\r\n ", "", StringComparison.Ordinal).ShouldContain($"/staff/meetings/{meeting}");

        await room.RunAsync("update staff set is_enabled = false where staff_id = @staff", new { staff = holder.Staff!.Value.Value });
        (await program.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await room.RunAsync("update staff set is_enabled = true where staff_id = @staff", new { staff = holder.Staff!.Value.Value });
        (await program.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var resident = new Caller(CallerKind.Resident, new ResidentId(await room.ResidentAsync("InApp")), null, null, new HashSet<CommunityId> { Here }, new Assistance(holder.Staff!.Value, "Wang"));
        (await room.App.SendAsync(new RenewCalendarFeed(resident, Here)) is Result<string>.Refused { Reason.Code: "calendar.feed-helped" }).ShouldBeTrue();
    }

    /// <returns>The link that the page shows, without its host.</returns>
    private static async Task<string> MakeAsync(Browser browser)
    {
        var shown = await Browser.ParseAsync(await browser.SubmitAsync((await browser.ReadAsync("/reach")).Form("Feed")));
        return new Uri(shown.QuerySelector<IHtmlInputElement>("#feed")!.Value).PathAndQuery;
    }

    private async Task<(Guid Meeting, Guid Task)> PlanAsync()
    {
        var (meeting, task) = (Guid.NewGuid(), Guid.NewGuid());
        await room.RunAsync(
            """
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'Benches', 't', 1, 'InPlan');
            insert into meeting (community_id, meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, place, quorum_numerator, quorum_denominator, quorum_is_strict)
            values (1, @meeting, @project, gen_random_uuid(), 'v', 'Council', 1, 'Benches', council_now() + interval '3 days', 'Hall', 1, 2, true);
            insert into work_task (community_id, task_id, project_id, instance_id, visit_id, kind, title, instruction, round, outcomes, form, first_post, post_code, created_at, due_at)
            values (1, @task, @project, gen_random_uuid(), 'v', 'Task', 'Task for the office', '', 1, '{Done}', '{}', 'Community', 'Community', council_now(), council_now() + interval '2 days');
            delete from supervision_order where order_id = '00000000-0000-7000-8000-00000000ca1e';
            insert into supervision_order (community_id, order_id, project_id, post_code, what, working_days, issued_post, issued_at, due_at, state)
            select 1, o.id::uuid, @project, o.post, o.what, 3, 'District', council_now(), council_now() + interval '3 days', o.state
            from (values ('00000000-0000-7000-8000-00000000ca1e', 'Community', 'Order for the office', 'Open'), (gen_random_uuid()::text, 'Subdistrict', 'Order for others', 'Open'),
                (gen_random_uuid()::text, 'Community', 'Answered already', 'Answered')) o (id, post, what, state)
            """,
            new { project = Guid.NewGuid(), meeting, task });
        return (meeting, task);
    }
}
