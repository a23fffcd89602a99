using System.Net;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Postgres;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>Ways out of the product, with a real mail server and a gateway by https.</summary>
public sealed class ChannelTests(PostRoom room) : IClassFixture<PostRoom>, IAsyncLifetime
{
    public Task InitializeAsync() => room.ClearAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_message_leaves_by_mail_in_the_readers_language_with_its_reason()
    {
        var resident = await room.ResidentAsync("Email", "li@example.org");
        await room.RunAsync("update resident set locale = 'en' where resident_id = @resident", new { resident });
        await room.TellAsync(resident);
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeTrue();
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeFalse();

        await room.Mail.UntilAsync(1);
        var mail = room.Mail.Taken.ShouldHaveSingleItem();
        mail.To.ShouldBe("li@example.org");
        mail.Message.Subject.ShouldBe("The outcome is published: Lamps.");
        mail.Message.TextBody!.ShouldContain("You get this because: an admin is trying it out");
        mail.Message.MessageId.ShouldBe($"{await room.ReadAsync<Guid>("select delivery_id from message_delivery")}@example.org");
        (await room.ReadAsync<string>("select answer from message_attempt")).ShouldBe("Taken");
    }

    [Fact]
    public async Task A_name_or_a_title_with_line_ends_adds_no_header()
    {
        var resident = await room.ResidentAsync("Email", "li@example.org");
        await room.RunAsync("update resident set full_name = @name where resident_id = @resident", new { resident, name = "Li\r\nBcc: evil@example.org\r\n\r\n" + new string('x', 10_240) });
        await room.TellAsync(resident, title: "Lamps\r\nX-Evil: yes\r\n\r\nhello");
        await room.Deliveries.RunOneAsync("Email", default);
        await room.Mail.UntilAsync(1);
        var mail = room.Mail.Taken.ShouldHaveSingleItem();
        mail.Message.Headers.Select(header => header.Field).ShouldBe(["Subject", "From", "To", "Date", "Message-Id", "Auto-Submitted", "MIME-Version"], ignoreOrder: true);
        mail.Message.Bcc.ShouldBeEmpty();
        mail.Message.To.ToString().Length.ShouldBeLessThan(400);
    }

    [Theory]
    [InlineData("reject@example.org", "Refused", true)]
    [InlineData("busy@example.org", "Unavailable", false)]
    [InlineData("hang@example.org", "Timeout", false)]
    public async Task A_mail_server_that_does_not_take_it_is_tried_again_unless_it_never_will(string address, string answer, bool isParked)
    {
        room.Channels.Timeout = TimeSpan.FromSeconds(answer == "Timeout" ? 1 : 20);
        await room.TellAsync(await room.ResidentAsync("Email", address));
        await room.Deliveries.RunOneAsync("Email", default);
        (await room.ReadAsync<(string, bool, bool)>("select last_answer, parked_at is not null, retry_at is not null from message_delivery")).ShouldBe((answer, isParked, !isParked));
    }

    [Fact]
    public async Task A_text_message_is_a_signed_post_whose_id_stays_the_same()
    {
        var answers = new Queue<int>([500, 200]);
        await room.ClearAsync(context =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        });
        await room.TellAsync(await room.ResidentAsync("Sms"));
        await room.Deliveries.RunOneAsync("Sms", default);
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse("the next try has its time");
        await room.RunAsync("update message_delivery set retry_at = clock_timestamp()", new { });
        await room.Deliveries.RunOneAsync("Sms", default);

        var key = room.App.Services.GetRequiredService<SecretsFile>().Find("channels.Sms.key");
        room.Gateway.Asked.Count.ShouldBe(2);
        foreach (var asked in room.Gateway.Asked)
        {
            asked.Headers["X-Deliberation-Signature"].ShouldBe(GatewaySender.Sign(key!, asked.Headers["X-Deliberation-Timestamp"], asked.Body));
            asked.Headers["Idempotency-Key"].ShouldBe((string?)JsonNode.Parse(asked.Body)!["id"]);
        }

        room.Gateway.Asked.Select(asked => asked.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem();
        (await room.ReadAsync<bool>("select taken_at is not null from message_delivery")).ShouldBeTrue();
    }

    [Fact]
    public async Task Eight_tries_in_a_day_then_it_is_parked()
    {
        await room.ClearAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await room.TellAsync(await room.ResidentAsync("Sms"));
        var waited = TimeSpan.Zero;
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue();
            waited += await room.ReadAsync<TimeSpan>("select date_trunc('second', coalesce(retry_at - clock_timestamp(), interval '0') + interval '0.5 seconds') from message_delivery");
            await room.RunAsync("update message_delivery set retry_at = clock_timestamp() where retry_at is not null", new { });
        }

        waited.TotalHours.ShouldBeInRange(23.9, 24.1);
        (await room.ReadAsync<(int, bool)>("select attempts, parked_at is not null from message_delivery")).ShouldBe((8, true));
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("hangs", "Timeout")]
    [InlineData("slow", "Timeout")]
    [InlineData("long", "TooLong")]
    [InlineData("redirects", "Refused")]
    [InlineData("redirects inside", "Refused")]
    public async Task No_transaction_is_open_while_a_receiver_misbehaves(string kind, string answer) // F19
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15)); // a try ends by its own patience, not by the receiver's
        var isThere = new TaskCompletionSource();
        await room.ClearAsync(context => MisbehaveAsync(context, kind, isThere));
        room.Channels.Timeout = TimeSpan.FromSeconds(2.5);
        await room.TellAsync(await room.ResidentAsync("Sms"));
        var sending = room.Deliveries.RunOneAsync("Sms", default);
        await isThere.Task;
        (await room.ReadAsync<string>("select coalesce(string_agg(query, '; '), '') from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%' and query ~ 'message_delivery|channel_pace|contact_choice'")).ShouldBeEmpty(); // Quartz keeps house meanwhile
        var oldest = 0.0;
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!sending.IsCompleted)
        {
            oldest = Math.Max(oldest, await room.ReadAsync<double>("select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"));
            (await look.WaitForNextTickAsync(patience.Token)).ShouldBeTrue();
        }

        (await sending).ShouldBeTrue();
        oldest.ShouldBeLessThan(2);
        (await room.ReadAsync<string>("select last_answer from message_delivery")).ShouldBe(answer);
        room.Gateway.Asked.Count.ShouldBe(1, "a redirect is not followed");
    }

    [Fact]
    public async Task A_destination_has_so_many_messages_at_once_and_in_a_minute()
    {
        var go = new TaskCompletionSource();
        await room.ClearAsync(_ => go.Task);
        (room.Channels.Sms.AtOnce, room.Channels.Sms.PerMinute) = (2, 3);
        for (var i = 0; i < 4; i++)
        {
            await room.TellAsync(await room.ResidentAsync("Sms"));
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => room.Deliveries.ClaimAsync("Sms", default)));
        claims.Count(claim => claim is not null).ShouldBe(2);
        go.SetResult();
        foreach (var claim in claims.OfType<Delivery>())
        {
            await room.Deliveries.MakeAsync(claim, default);
        }

        await room.RunAsync("update channel_pace set minute_at = date_trunc('minute', clock_timestamp()) where channel = 'Sms'", new { }); // should a minute have begun meanwhile
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue("the third of this minute");
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse("the minute is used up");
        await room.RunAsync("update channel_pace set minute_at = minute_at - interval '1 minute'", new { });
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_daily_cap_does_not_allow_waits_and_staff_are_told_once()
    {
        (room.Channels.Sms.PriceFen, room.Channels.DailyCapFen) = (5, 10);
        for (var i = 0; i < 3; i++)
        {
            await room.TellAsync(await room.ResidentAsync("Sms"));
        }

        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue();
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue("exactly the cap");
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse();
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse();
        var staff = await room.ReadAsync<int>("select count(*)::int from staff_scope join staff using (staff_id) where community_id = 1 and is_enabled and kind in ('Staff', 'Admin')");
        (await room.ReadAsync<int>("select count(*)::int from outbox_message where text_key = 'contact.message.capped'")).ShouldBe(staff);

        await room.RunAsync("insert into message_cap values (1, 15)", new { });
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue("an admin has raised it");
    }

    [Fact]
    public async Task A_muted_topic_stays_in_the_mailbox_and_a_legal_notice_leaves_all_the_same()
    {
        var resident = await room.ResidentAsync("Sms", muted: ["outcome", "ballots"]);
        await room.TellAsync(resident);
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeFalse();
        await room.TellAsync(resident, "ballots.message.passed");
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue();
        (await room.ReadAsync<int>("select count(*)::int from outbox_message where sent_at is not null")).ShouldBe(2);
    }

    [Fact]
    public async Task A_digest_gathers_a_day_and_urgent_or_legal_ones_do_not_wait()
    {
        var now = await room.App.Database.CouncilNowAsync();
        var resident = await room.ResidentAsync("Email", "li@example.org", digestHour: 18);
        await room.TellAsync(resident, title: "Lamps");
        await room.TellAsync(resident, title: "Benches");
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeFalse("not yet the hour");
        await room.TellAsync(resident, "ballots.message.passed");
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeTrue("a legal notice is at once");
        await room.Mail.UntilAsync(1);

        await room.App.AdvanceToAsync(now.AddDays(1).AddMinutes(2));
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeTrue();
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeFalse("one message for both");
        await room.Mail.UntilAsync(2);
        var digest = room.Mail.Taken.Last().Message;
        digest.TextBody!.ShouldContain("Lamps");
        digest.TextBody!.ShouldContain("Benches");
        await room.App.AdvanceToAsync(now.AddDays(3));
        (await room.Deliveries.RunOneAsync("Email", default)).ShouldBeFalse("nothing happened, nothing is sent");
    }

    [Fact]
    public async Task Who_has_no_telephone_is_parked_at_once()
    {
        var resident = await room.ResidentAsync("Sms");
        await room.RunAsync("update resident set phone = null where resident_id = @resident", new { resident });
        await room.TellAsync(resident);
        await room.Deliveries.RunOneAsync("Sms", default);
        (await room.ReadAsync<(string, bool)>("select last_answer, parked_at is not null from message_delivery")).ShouldBe(("NoAddress", true));
    }

    [Fact]
    [Mechanism("M4.24", Page = "/staff/messages/parked")]
    public async Task One_notice_leaves_by_three_ways_and_the_one_that_fails_holds_up_no_other()
    {
        await room.ClearAsync(context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        });
        var (mailed, texted, printed) = (await room.ResidentAsync("Email", "li@example.org"), await room.ResidentAsync("Sms"), await room.ResidentAsync("Print"));
        foreach (var resident in new[] { texted, mailed, printed })
        {
            await room.TellAsync(resident, "notice.message.published");
        }

        await room.Deliveries.RunOneAsync("Sms", default);
        await room.Deliveries.RunOneAsync("Email", default);
        await room.Mail.UntilAsync(1);
        (await room.ReadAsync<string>("select string_agg(channel || ' ' || coalesce(last_answer, 'waits'), ', ' order by channel) from message_delivery")).ShouldBe("Email Taken, Print waits, Sms Refused");
        (await room.ReadAsync<int>("select count(*)::int from message_attempt")).ShouldBe(2);

        var staff = await room.App.StaffAsync("admin");
        var parked = (await room.App.SendAsync(new ListParkedDeliveries(staff, new(1), new PageRequest(1, 20)))).Require().Items.ShouldHaveSingleItem();
        parked.Answer.ShouldBe("Refused");
        room.TakeEverything();
        (await room.App.SendAsync(new ResendDelivery(staff, new(1), parked.Id))).Require();
        (await room.Deliveries.RunOneAsync("Sms", default)).ShouldBeTrue();
        room.Gateway.Asked.Select(asked => asked.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem("the old id");
        (await room.App.SendAsync(new ResendDelivery(staff, new(1), parked.Id)) is Result<Done>.Refused { Reason.Code: "contact.not-parked" }).ShouldBeTrue();
    }

    [Fact]
    public async Task A_reminder_of_a_vote_is_not_printed_for_the_desk_to_read()
    {
        await room.TellAsync(await room.ResidentAsync("Print"), "ballots.message.reminder");
        (await room.ReadAsync<int>("select count(*)::int from message_delivery")).ShouldBe(0);
    }

    [Fact]
    public async Task A_test_message_says_what_came_of_it_and_needs_a_number_or_an_address()
    {
        var admin = await room.App.StaffAsync("admin");
        (await room.App.SendAsync(new SendTestMessage(admin, new(1), "Sms", "138-0000-0000"))).Require();
        (await TestAsync("Sms", "027-8765-4321")).ShouldBe("contact.address-invalid");
        (await TestAsync("Email", "reject@example.org")).ShouldBe("contact.test-failed");
        (await TestAsync("WeChat", "138-0000-0000")).ShouldBe("contact.channel-invalid");
        async Task<string> TestAsync(string channel, string address) =>
            await room.App.SendAsync(new SendTestMessage(admin, new(1), channel, address)) is Result<Done>.Refused { Reason: var reason } ? reason.Code : "";
    }

    [Fact]
    public void Every_message_has_a_topic_that_somebody_may_mute_or_is_legal_or_a_code()
    {
        string[] apart = ["residents", "contact"]; // asked for by the reader, or about the ways out themselves
        var keys = new Deliberation.Process.Texts.TextCatalog().KeysOf("zh-Hans").Where(key => key.Contains(".message.", StringComparison.Ordinal)).ToList();
        keys.ShouldNotBeEmpty();
        keys.Where(key => !MessageTopics.IsLegal(key) && !apart.Concat(MessageTopics.OfResidents).Concat(MessageTopics.OfStaff).Contains(key.Split('.')[0])).ShouldBeEmpty();
        MessageTopics.Legal.Concat(MessageTopics.Urgent).Concat(MessageTopics.Codes).Except(keys).ShouldBeEmpty("a key that no text has");
    }

    private async Task MisbehaveAsync(Microsoft.AspNetCore.Http.HttpContext context, string kind, TaskCompletionSource isThere)
    {
        isThere.TrySetResult();
        var given = context.RequestAborted;
        switch (kind)
        {
            case "redirects" or "redirects inside":
                context.Response.Headers.Location = kind == "redirects" ? $"{room.Gateway.Origin}/elsewhere" : "http://169.254.169.254/"; // from https to http no client goes by itself
                context.Response.StatusCode = (int)HttpStatusCode.Redirect;
                return;
            case "hangs":
                await Task.Delay(Timeout.Infinite, given);
                return;
            case "slow":
                using (var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
                {
                    while (await drip.WaitForNextTickAsync(given))
                    {
                        await context.Response.Body.WriteAsync("x"u8.ToArray(), given);
                        await context.Response.Body.FlushAsync(given);
                    }
                }

                return;
            default:
                var part = new byte[1 << 20];
                for (var written = 0; written < 1024 && !given.IsCancellationRequested; written++)
                {
                    await context.Response.Body.WriteAsync(part, given);
                }

                return;
        }
    }
}
