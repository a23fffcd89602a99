using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Features.Notifications.Prints;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>What staff carry out by hand: letters and the loudspeaker.</summary>
[Collection(PostRoomGroup.Name)]
public sealed class ByHandTests(PostRoom room) : IAsyncLifetime
{
    private static readonly CommunityId Here = new(1);

    public Task InitializeAsync() => room.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    [Mechanism("M4.24", Page = "/staff/print")]
    public async Task Letters_of_a_building_are_printed_together_one_a_person_and_ticked_when_they_are_delivered()
    {
        var (wang, li) = (await AtAsync("77", "77-101"), await AtAsync("77", "77-1002"));
        await room.TellAsync(wang, "notice.message.published", "Lamps");
        await room.TellAsync(wang, title: "Benches");
        await room.TellAsync(li, title: "Benches");
        using var staff = await room.App.SignedInAsync("staff");

        var desk = await staff.ReadAsync("/staff/print?place=77");
        desk.QuerySelectorAll("main section ul")[0].Children.Select(letter => letter.QuerySelector("b")!.TextContent).ShouldBe(["77-101", "77-1002"]);
        var letters = await Browser.ParseAsync(await staff.SubmitAsync(desk.Form(null, ("place", "77"))));
        letters.QuerySelectorAll(".page").Length.ShouldBe(2);
        letters.QuerySelector(".page")!.QuerySelectorAll(".qr svg").Length.ShouldBe(2);
        letters.QuerySelector(".page")!.TextContent.ShouldContain("这是法定通知");
        letters.QuerySelector(".page")!.TextContent.ShouldNotContain("重印");
        letters.FindForm("Handed").ShouldBeNull("nothing is delivered that was not printed");

        var batch = Guid.Parse(letters.DocumentUri.Split('/', '?')[5]);
        var admin = await room.App.StaffAsync("admin");
        Code(await room.App.SendAsync(new MarkHanded(admin, Here, batch, [wang]))).ShouldBe("print.not-printed");
        var printed = await Browser.ParseAsync(await staff.SubmitAsync(letters.Form()));
        var first = await room.ReadAsync<(DateTime, Guid)>($"select printed_at, printed_by from print_batch where batch_id = '{batch}'");
        (await room.App.SendAsync(new MarkPrinted(admin, Here, batch))).Require();
        (await room.ReadAsync<(DateTime, Guid)>($"select printed_at, printed_by from print_batch where batch_id = '{batch}'")).ShouldBe(first, "the first time counts");
        printed.QuerySelector(".page")!.TextContent.ShouldContain("重印：第一次打印于");

        var none = await staff.SubmitAsync(printed.Form("Handed"));
        none.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Browser.ParseAsync(none)).QuerySelector("main .no")!.TextContent.ShouldContain("勾选已经送到的信");
        var handed = await Browser.ParseAsync(await staff.SubmitAsync(printed.Form("Handed").Fill("Letters", $"{wang}")));
        handed.QuerySelector("main .note.ok")!.TextContent.ShouldContain("1 封信");
        (await room.App.SendAsync(new MarkHanded(admin, Here, batch, [wang]))).Require().ShouldBe(0, "who brought it stays");
        (await room.ReadAsync<string>("select string_agg(answer, ' ') from message_attempt")).ShouldBe("ByHand ByHand");
        (await room.ReadAsync<int>("select count(*)::int from message_delivery where taken_at is null")).ShouldBe(1, "the other letter waits");
        (await staff.ReadAsync("/staff/print")).QuerySelectorAll("main section li")[0].TextContent.ShouldContain("送到 1 / 2");
    }

    [Fact]
    public async Task A_form_sent_twice_is_one_batch_and_no_letter_is_in_two()
    {
        await room.TellAsync(await AtAsync("76", "76-1"));
        await room.TellAsync(await AtAsync("76", "76-2"));
        var staff = await room.App.StaffAsync("staff");
        var forms = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
        var answers = await Task.WhenAll(forms.Concat(forms).Select(form => room.App.SendAsync(new MakePrintBatch(staff, Here, form, "76"))));
        answers.OfType<Result<Guid>.Accepted>().Select(answer => answer.Value).Distinct().Count().ShouldBe(await room.ReadAsync<int>("select count(distinct batch_id)::int from message_delivery where batch_id is not null"));
        answers.OfType<Result<Guid>.Refused>().ShouldAllBe(answer => answer.Reason.Code == "print.nothing-waits");
        (await room.ReadAsync<int>("select count(*)::int from message_delivery where batch_id is null")).ShouldBe(0);
    }

    [Fact]
    public async Task Sixty_letters_are_a_batch_and_the_next_waits()
    {
        await room.RunAsync(
            """
            with told as (
                select r.resident_id, row_number() over (order by r.resident_id) as place from (select distinct on (household_id) * from resident where community_id = 1 and household_id is not null order by household_id, resident_id) r
                order by 1 limit @count
            ), housed as (
                update household h set building = '75', door = '75-' || told.place from told join resident r on r.resident_id = told.resident_id where h.community_id = 1 and h.household_id = r.household_id
            ), written as (
                insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, text_key, values, reason_key, council_at)
                select 1, resident_id, resident_id::text, 'Print', resident_id, 'outcome.message.published', '{"title": "Lamps"}', 'contact.reason.test', council_now() from told
            )
            insert into message_delivery (community_id, delivery_id, message_ids, channel, resident_id) select 1, resident_id, array[resident_id], 'Print', resident_id from told
            """,
            new { count = MakePrintBatch.MostLetters + 1 });
        var staff = await room.App.StaffAsync("staff");
        var batch = (await room.App.SendAsync(new MakePrintBatch(staff, Here, Guid.NewGuid(), "75"))).Require();
        (await room.App.SendAsync(new GetPrintBatch(staff, Here, batch))).Require().Letters.Select(letter => letter.Door).ShouldBe(Enumerable.Range(1, 60).Select(place => $"75-{place}"));
        (await room.App.SendAsync(new GetPrintDesk(staff, Here, "75", new PageRequest(1)))).Require().Waiting!.Items.ShouldHaveSingleItem().Door.ShouldBe("75-61");
    }

    [Fact]
    public async Task A_letter_marks_what_is_over_and_not_what_is_ahead()
    {
        var resident = await AtAsync("74", "74-1");
        await room.TellAsync(resident, "notice.message.published", "Over");
        await room.TellAsync(resident, "notice.message.published", "Ahead");
        await room.TellAsync(resident, title: "Always");
        await room.RunAsync(
            """
            update outbox_message set values = values || jsonb_build_object('closesAt', council_now() + case values ->> 'title' when 'Over' then interval '0' else interval '1 hour' end)
            where text_key = 'notice.message.published'
            """,
            new { });
        using var staff = await room.App.SignedInAsync("staff");
        var letter = (await Browser.ParseAsync(await staff.SubmitAsync((await staff.ReadAsync("/staff/print?place=74")).Form(null, ("place", "74"))))).QuerySelector(".page")!;
        letter.QuerySelectorAll(".lead").Select(fact => fact.TextContent.Contains("已经过期", StringComparison.Ordinal)).ShouldBe([true, false, false]);
    }

    [Fact]
    public async Task Another_communitys_batch_is_not_there_and_a_digest_waits_for_its_hour()
    {
        var resident = await room.ResidentAsync("Print", digestHour: 18);
        await room.TellAsync(resident);
        var staff = await room.App.StaffAsync("staff");
        (await room.App.SendAsync(new GetPrintDesk(staff, Here, null, new PageRequest(1)))).Require().Places.ShouldBeEmpty();
        await room.RunAsync("update message_delivery set due_at = council_now()", new { });
        var place = (await room.App.SendAsync(new GetPrintDesk(staff, Here, null, new PageRequest(1)))).Require().Places.ShouldHaveSingleItem();
        var batch = (await room.App.SendAsync(new MakePrintBatch(staff, Here, Guid.NewGuid(), place.Place))).Require();

        var stranger = staff with { Communities = new HashSet<CommunityId> { new(2) } };
        Code(await room.App.SendAsync(new GetPrintBatch(stranger, new(2), batch))).ShouldBe("access.not-found");
        Code(await room.App.SendAsync(new MarkPrinted(stranger, new(2), batch))).ShouldBe("access.not-found");
        Code(await room.App.SendAsync(new MarkHanded(stranger, new(2), batch, [resident]))).ShouldBe("access.not-found");
        Code(await room.App.SendAsync(new GetPrintBatch(stranger, Here, batch))).ShouldBe("access.not-found");
    }

    [Fact]
    [Mechanism("M4.24", Page = "/staff/loudspeaker")]
    public async Task An_announcement_is_read_out_once()
    {
        await using (var connection = await room.App.DataSource.OpenConnectionAsync())
        {
            for (var i = 0; i < 2; i++)
            {
                await connection.TellHouseholdsAsync(
                    new Broadcast
                    {
                        Community = Here,
                        Project = new ProjectId(Guid.NewGuid()),
                        DedupKey = "spoken",
                        TextKey = "notice.message.published",
                        Values = new JsonObject { ["title"] = "路灯", ["closesAt"] = "2026-12-05T12:00:00Z" },
                        ReasonKey = "contact.reason.test",
                        Now = await room.App.Database.CouncilNowAsync(),
                    },
                    default);
            }
        }

        await room.RunAsync("update outbox_message set not_before = null", new { });
        await room.App.DrainAsync();
        using var staff = await room.App.SignedInAsync("staff");
        var page = await staff.ReadAsync("/staff/loudspeaker");
        page.QuerySelectorAll("main li.sheet").ShouldHaveSingleItem().QuerySelector("p")!.TextContent.ShouldStartWith("各位居民请注意，有一份新公示：路灯。12月5日");
        var read = await Browser.ParseAsync(await staff.SubmitAsync(page.Form()));
        read.QuerySelector("main li.sheet")!.TextContent.ShouldContain("念过");
        read.FindForm().ShouldBeNull();
        var by = await room.ReadAsync<Guid>("select handed_by from message_delivery where channel = 'Loudspeaker'");
        var announcement = await room.ReadAsync<Guid>("select delivery_id from message_delivery where channel = 'Loudspeaker'");
        var admin = await room.App.StaffAsync("admin");
        (await room.App.SendAsync(new MarkReadOut(admin, Here, announcement))).Require();
        (await room.ReadAsync<Guid>("select handed_by from message_delivery where channel = 'Loudspeaker'")).ShouldBe(by);
        Code(await room.App.SendAsync(new MarkReadOut(admin, new(2), announcement))).ShouldBe("access.not-found");
    }

    private static string Code<T>(Result<T> answer) => answer is Result<T>.Refused { Reason: var reason } ? reason.Code : "";

    /// <summary>A resident behind that door who wants letters, each notice by itself.</summary>
    private async Task<Guid> AtAsync(string building, string door)
    {
        var resident = await room.ResidentAsync("Print");
        await room.RunAsync("update household set building = @building, door = @door where community_id = 1 and household_id = (select household_id from resident where community_id = 1 and resident_id = @resident)", new { building, door, resident });
        return resident;
    }
}
