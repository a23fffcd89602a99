using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.ByStaff;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>Messages that staff write to many: who is counted is who is told.</summary>
[Collection(PostRoomGroup.Name)]
public sealed class StaffBroadcastTests(PostRoom room) : IAsyncLifetime
{
    private const string Page = "/staff/broadcasts/new";

    private static readonly CommunityId Here = new(1);

    public Task InitializeAsync() => room.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_message_is_written_counted_and_sent_in_each_readers_language()
    {
        var (english, muted) = (await AtAsync("81", "Email", "li@example.org"), await AtAsync("81", "Email", "wang@example.org", ["broadcast"]));
        await room.RunAsync("update resident set locale = 'en' where resident_id = @english", new { english });
        using var staff = await room.App.SignedInAsync("staff");

        var empty = await staff.SendAsync(Page, ("To", "Building:81"), ("Text", " "), ("English", "No water on Tuesday."));
        empty.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var again = await Browser.ParseAsync(empty);
        again.QuerySelector("main .no")!.TextContent.ShouldContain("写下要说的话");
        again.QuerySelector("[name=English]")!.TextContent.ShouldBe("No water on Tuesday.", "nothing typed is lost");

        var preview = await Browser.ParseAsync(await staff.SendAsync(Page, ("To", "Building:81"), ("Text", "周二停水。"), ("English", "No water on Tuesday.")));
        var people = await PeopleAsync("81");
        preview.QuerySelector("main h2")!.TextContent.ShouldContain($"现在 {people} 人");
        preview.QuerySelector("main .note")!.TextContent.ShouldContain("其中 1 人关掉了");
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(0, "nothing is sent that was not confirmed");
        var sent = await Browser.ParseAsync(await PressAsync(staff, preview, "Send"));
        sent.QuerySelector("main .note.ok")!.TextContent.ShouldContain($"{people} 人");
        (await room.ReadAsync<int>("select count(*)::int from outbox_message where text_key = 'broadcast.message.news'")).ShouldBe(people);

        await Browser.ParseAsync(await PressAsync(staff, preview, "Send")); // the back button, and once more
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(people);
        await room.RunAsync("update outbox_message set not_before = null", new { });
        await room.App.DrainAsync();
        await room.Deliveries.RunOneAsync("Email", default);
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeFalse("who switched it off gets no mail");
        await room.Mail.UntilAsync(1);
        var mail = room.Mail.Taken.ShouldHaveSingleItem();
        (mail.To, mail.Message.Subject).ShouldBe(("li@example.org", "No water on Tuesday."));
        mail.Message.TextBody!.ShouldContain("you live or own a flat in 81");
        var log = (await staff.ReadAsync("/staff/broadcasts")).QuerySelector<IHtmlAnchorElement>("main a.cell")!.GetAttribute("href")!;
        (await staff.ReadAsync(log)).QuerySelector("main table")!.TextContent.ShouldContain("送到 1，在路上 0，没送到 0");
    }

    [Fact]
    public async Task When_the_number_changes_in_between_nothing_is_sent_and_the_page_asks_again()
    {
        await AtAsync("82", "InApp");
        using var staff = await room.App.SignedInAsync("staff");
        var preview = await Browser.ParseAsync(await staff.SendAsync(Page, ("To", "Building:82"), ("Text", "周二停水。")));
        var before = await PeopleAsync("82");
        await AtAsync("82", "InApp");
        var after = await PeopleAsync("82");
        after.ShouldNotBe(before);

        var refused = await PressAsync(staff, preview, "Send");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var asked = await Browser.ParseAsync(refused);
        asked.QuerySelector("main")!.TextContent.ShouldContain($"现在是 {after} 人");
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(0);
        (await PressAsync(staff, asked, "Change")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PressAsync(staff, asked, "Send")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(after);
    }

    [Fact]
    public async Task One_form_sent_by_many_at_once_is_one_message_and_another_text_under_its_id_is_refused()
    {
        await AtAsync("83", "InApp");
        var staff = await room.App.StaffAsync("staff");
        var (form, draft) = (Guid.NewGuid(), Draft("Building:83"));
        var people = (await room.App.SendAsync(new PreviewBroadcast(staff, Here, draft))).Require().Count;
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => room.App.SendAsync(new SendBroadcast(staff, Here, form, draft, people))));
        answers.ShouldAllBe(answer => answer.Require().Told == people);
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(people);
        Code(await room.App.SendAsync(new SendBroadcast(staff, Here, form, draft with { Text = "停电" }, people))).ShouldBe("broadcast.form-used");
    }

    [Fact]
    public async Task A_legal_notice_reaches_those_who_switched_messages_off_and_says_what_it_is()
    {
        await AtAsync("84", "Email", "wang@example.org", ["broadcast"]);
        var staff = await room.App.StaffAsync("staff");
        var draft = Draft("Building:84") with { IsLegal = true, Basis = "民法典第二百七十八条" };
        var preview = (await room.App.SendAsync(new PreviewBroadcast(staff, Here, draft))).Require();
        preview.Muted.ShouldBe(0);
        (await room.App.SendAsync(new SendBroadcast(staff, Here, Guid.NewGuid(), draft, preview.Count))).Require();
        await room.RunAsync("update outbox_message set not_before = null", new { });
        await room.App.DrainAsync();
        await room.Deliveries.RunOneAsync("Email", default);
        await room.Mail.UntilAsync(1);
        room.Mail.Taken.ShouldHaveSingleItem().Message.Subject.ShouldBe("法定通知：周二停水。（依据：民法典第二百七十八条）");
    }

    [Theory]
    [InlineData(0, false, null, "broadcast.text-missing")]
    [InlineData(1, false, null, "")]
    [InlineData(500, false, null, "")]
    [InlineData(501, false, null, "broadcast.text-long")]
    [InlineData(1, true, 2, "broadcast.basis-invalid")]
    [InlineData(1, true, 3, "")]
    [InlineData(1, true, 200, "")]
    [InlineData(1, true, 201, "broadcast.basis-invalid")]
    [InlineData(1, true, null, "broadcast.basis-invalid")]
    public async Task Texts_and_bases_have_their_length(int text, bool isLegal, int? basis, string code)
    {
        var draft = new BroadcastDraft("Everyone", new string('水', text), null, null, isLegal, basis is { } length ? new string('法', length) : null);
        Code(await room.App.SendAsync(new PreviewBroadcast(await room.App.StaffAsync("staff"), Here, draft))).ShouldBe(code);
    }

    [Fact]
    public async Task Whom_one_may_not_write_to_is_refused_and_another_communitys_message_is_not_there()
    {
        var staff = await room.App.StaffAsync("staff");
        Code(await room.App.SendAsync(new PreviewBroadcast(staff, Here, Draft($"NotVoted:{Guid.NewGuid()}")))).ShouldBe("broadcast.audience-invalid");
        Code(await room.App.SendAsync(new PreviewBroadcast(staff, Here, Draft("Building:no such")))).ShouldBe("broadcast.audience-invalid");
        Code(await room.App.SendAsync(new PreviewBroadcast(staff, Here, Draft("NotVoted:x") with { IsLegal = true, Basis = "民法典" }))).ShouldBe("broadcast.audience-invalid");

        var everyone = (await room.App.SendAsync(new PreviewBroadcast(staff, Here, Draft("Everyone")))).Require().Count;
        Code(await room.App.SendAsync(new SendBroadcast(staff, Here, Guid.NewGuid(), Draft("Everyone"), everyone - 1))).ShouldBe("broadcast.count-changed");
        Code(await room.App.SendAsync(new SendBroadcast(staff, Here, Guid.NewGuid(), Draft("Everyone"), everyone + 1))).ShouldBe("broadcast.count-changed");
        Code(await room.App.SendAsync(new SendBroadcast(staff, Here, Guid.NewGuid(), Draft("Everyone"), 0))).ShouldBe("broadcast.count-changed");
        (await room.ReadAsync<int>("select count(*)::int from outbox_message")).ShouldBe(0);
        var sent = (await room.App.SendAsync(new SendBroadcast(staff, Here, Guid.NewGuid(), Draft("Everyone"), everyone))).Require();
        var stranger = staff with { Communities = new HashSet<CommunityId> { new(2) } };
        Code(await room.App.SendAsync(new GetBroadcast(stranger, new(2), sent.Id))).ShouldBe("access.not-found");
        Code(await room.App.SendAsync(new GetBroadcast(stranger, Here, sent.Id))).ShouldBe("access.not-found");
    }

    private static BroadcastDraft Draft(string to) => new(to, "周二停水。", null, null, false, null);

    private static string Code<T>(Result<T> answer) => answer is Result<T>.Refused { Reason: var reason } ? reason.Code : "";

    private static Task<HttpResponseMessage> PressAsync(Browser browser, IHtmlDocument page, string handler)
    {
        var button = page.QuerySelector<IHtmlElement>($"main button[formaction*={handler}]")!;
        return browser.SubmitAsync((IHtmlFormElement)button.Closest("form")!, button);
    }

    private Task<int> PeopleAsync(string building) => room.ReadAsync<int>($"select count(*)::int from resident r join household h using (community_id, household_id) where community_id = 1 and h.building = '{building}'");

    /// <summary>A resident whose household moves into that building.</summary>
    private async Task<Guid> AtAsync(string building, string channel, string? email = null, string[]? muted = null)
    {
        var resident = await room.ResidentAsync(channel, email, muted: muted);
        await room.RunAsync(
            "update household set building = @building, door = household_id::text where community_id = 1 and household_id = (select household_id from resident where community_id = 1 and resident_id = @resident)",
            new { building, resident });
        return resident;
    }
}
