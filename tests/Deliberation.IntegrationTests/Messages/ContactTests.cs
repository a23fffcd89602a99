using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Postgres.Outbox;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>How people choose to be reached.</summary>
[Collection(PostRoomGroup.Name)]
public sealed class ContactTests(PostRoom room) : IAsyncLifetime
{
    private static readonly CommunityId Here = new(1);

    public Task InitializeAsync() => room.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_address_is_used_after_its_code_came_back_and_not_before()
    {
        var (caller, _) = await SomebodyAsync();
        (await room.App.SendAsync(new AskEmailCode(caller, Here, "li@example.org"))).Require();
        Code(await ChooseAsync(caller, "Email")).ShouldBe("contact.email-none");
        await room.App.DrainAsync();
        await room.Deliveries.RunOneAsync("Email", default);
        await room.Mail.UntilAsync(1);
        var mail = room.Mail.Taken.ShouldHaveSingleItem();
        mail.To.ShouldBe("li@example.org");
        var code = System.Text.RegularExpressions.Regex.Match(mail.Message.Subject!, "[0-9]{6}").Value;

        Code(await room.App.SendAsync(new ConfirmEmail(caller, Here, code == "000000" ? "000001" : "000000"))).ShouldBe("contact.code-wrong");
        (await room.App.SendAsync(new ConfirmEmail(caller, Here, code))).Require();
        Code(await room.App.SendAsync(new ConfirmEmail(caller, Here, code))).ShouldBe("contact.code-expired", "once");
        var contact = (await room.App.SendAsync(new GetContact(caller, Here))).Require();
        (contact.Channel, contact.Email, contact.IsEmailConfirmed).ShouldBe(("Email", "li@example.org", true));
    }

    [Fact]
    public async Task The_fifth_wrong_code_is_the_last()
    {
        var (caller, _) = await SomebodyAsync();
        (await room.App.SendAsync(new AskEmailCode(caller, Here, "li@example.org"))).Require();
        for (var i = 0; i < 5; i++)
        {
            Code(await room.App.SendAsync(new ConfirmEmail(caller, Here, "x"))).ShouldBe("contact.code-wrong");
        }

        Code(await room.App.SendAsync(new ConfirmEmail(caller, Here, "x"))).ShouldBe("contact.code-expired");
    }

    [Fact]
    public async Task Five_codes_an_hour_and_no_sixth()
    {
        var (caller, _) = await SomebodyAsync();
        for (var i = 0; i < 5; i++)
        {
            (await room.App.SendAsync(new AskEmailCode(caller, Here, $"li{i}@example.org"))).Require();
        }

        Code(await room.App.SendAsync(new AskEmailCode(caller, Here, "li@example.org"))).ShouldBe("contact.too-many-codes");
    }

    [Theory]
    [InlineData("li@example.org", true)]
    [InlineData("li+council@mail.example.org", true)]
    [InlineData("li@localhost", false)]
    [InlineData("li@example.org.", false)]
    [InlineData("li@@example.org", false)]
    [InlineData("@example.org", false)]
    [InlineData("li@", false)]
    [InlineData("Li <li@example.org>", false)]
    [InlineData("li@example.org, evil@example.org", false)]
    [InlineData("li@example.org\r\nBcc: evil@example.org", false)]
    [InlineData("", false)]
    public void What_is_no_bare_address_is_none(string typed, bool isOne) => (EmailHandler.EmailOf(typed) is not null).ShouldBe(isOne);

    [Theory]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(21, true)]
    [InlineData(22, false)]
    public async Task A_digest_has_its_hour_by_day(int hour, bool isGranted)
    {
        var (caller, _) = await SomebodyAsync();
        Code(await room.App.SendAsync(new ChooseContact(caller, Here, "Sms", hour, [], "en"))).ShouldBe(isGranted ? "" : "contact.hour-invalid");
    }

    [Fact]
    public async Task Only_ways_that_are_there_topics_of_the_list_and_a_number_that_takes_messages()
    {
        var (caller, resident) = await SomebodyAsync();
        Code(await ChooseAsync(caller, "Fax")).ShouldBe("contact.channel-invalid");
        Code(await room.App.SendAsync(new ChooseContact(caller, Here, "Sms", null, ["residents"], "en"))).ShouldBe("contact.topic-invalid");
        await room.RunAsync("update resident set phone = '027-8765-4321' where resident_id = @resident", new { resident });
        Code(await ChooseAsync(caller, "Sms")).ShouldBe("contact.phone-none");
        var shown = room.App.Services.GetRequiredService<IOptions<OutboxOptions>>().Value.Delivered;
        shown.Remove("Print").ShouldBeTrue();
        Code(await ChooseAsync(caller, "Print")).ShouldBe("", "a desk prints it, also outside the demo");
        shown.Add("Print");
        Code(await ChooseAsync(caller, "Loudspeaker")).ShouldBe("contact.channel-invalid", "it speaks to all");
        Code(await ChooseAsync(await room.App.StaffAsync("admin"), "Sms")).ShouldBe("contact.channel-invalid", "no telephone of staff is kept");
    }

    private Task<Result<Done>> ChooseAsync(Caller caller, string channel) => room.App.SendAsync(new ChooseContact(caller, Here, channel, null, [], "zh-Hans"));

    private async Task<(Caller Caller, Guid Resident)> SomebodyAsync()
    {
        var resident = await room.ResidentAsync("InApp");
        return (new Caller(CallerKind.Resident, new ResidentId(resident), null, null, new HashSet<CommunityId> { Here }), resident);
    }

    private static string Code(Result<Done> answer) => answer is Result<Done>.Refused { Reason: var reason } ? reason.Code : "";
}
