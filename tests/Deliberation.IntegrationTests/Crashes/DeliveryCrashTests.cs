using System.Security.Cryptography;
using Dapper;
using Deliberation.IntegrationTests.Messages;
using Deliberation.IntegrationTests.Workflows;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>A node that is killed after a message has left and before that is written down.</summary>
public sealed class DeliveryCrashTests
{
    [Fact]
    public async Task Killed_between_sending_and_recording_the_message_leaves_again_with_the_same_id_and_no_oftener_than_it_died()
    {
        using var certificate = PostRoom.Certificate();
        await using var gateway = await Receiver.StartAsync(_ => Task.CompletedTask, certificate);
        await using var database = await TestDatabase.CreateAsync();
        var faults = new ListedFaults("delivery-before-record:1", "delivery-before-record:1");
        await using var product = await CrashingProduct.StartAsync(database, faults, new Dictionary<string, string>
        {
            ["Channels__Sms__Url"] = gateway.Origin + "/send",
            ["HttpCalls__AllowsPrivateAddresses"] = "true",
            ["HttpCalls__PinnedCertificates__0"] = certificate.GetCertHashString(HashAlgorithmName.SHA256),
        });
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, text_key, reason_key, council_at)
            select 1, gen_random_uuid(), 'crash', 'Sms', resident_id, 'contact.message.test', 'contact.reason.test', council_now()
            from resident where community_id = 1 and phone is not null limit 1
            """);
        await product.UntilAsync("The message is not recorded as taken.", async () =>
        {
            // The lease of the dead ends at once: the test does not wait for it.
            await connection.ExecuteAsync("update message_delivery set lease_until = clock_timestamp() where lease_until is not null and attempts <= @died", new { died = faults.Kills.Values.Sum() });
            return await connection.ExecuteScalarAsync<bool>("select exists (select from message_delivery where taken_at is not null)");
        });
        faults.Kills["delivery-before-record"].ShouldBe(2);
        gateway.Asked.Count.ShouldBe(3, "one, and one more for each death");
        gateway.Asked.Select(asked => asked.Headers["Idempotency-Key"]).Distinct().ShouldHaveSingleItem();
    }
}
