using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Features.Workflows.Http;
using Deliberation.IntegrationTests.Workflows;
using Deliberation.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>The product with its ways out: a real mail server, a gateway by https, people who chose a way. One for the tests of a class, each with residents of its own.</summary>
public sealed class PostRoom : IAsyncLifetime, IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = Certificate();
    private Guid[] _residents = [];
    private int _given;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;

    public TestApp App { get; } = new();

    internal MailServer Mail { get; private set; } = null!;

    internal Receiver Gateway { get; private set; } = null!;

    internal ChannelOptions Channels => App.Services.GetRequiredService<IOptionsMonitor<ChannelOptions>>().CurrentValue;

    internal Deliveries Deliveries => App.Services.GetRequiredService<Deliveries>();

    public async Task InitializeAsync()
    {
        await App.InitializeAsync();
        Mail = await MailServer.StartAsync();
        Gateway = await Receiver.StartAsync(context => _answer(context), _certificate);
        var calls = App.Services.GetRequiredService<IOptionsMonitor<HttpCallOptions>>().CurrentValue;
        calls.AllowsPrivateAddresses = true;
        calls.PinnedCertificates.Add(_certificate.GetCertHashString(HashAlgorithmName.SHA256));
        (Channels.Email.Host, Channels.Email.Port, Channels.Email.Security, Channels.Email.From) = ("127.0.0.1", Mail.Port, "None", "council@example.org");
        Channels.Sms.Url = new Uri(Gateway.Origin + "/send");
        await using var connection = await App.DataSource.OpenConnectionAsync();
        _residents = [.. await connection.QueryAsync<Guid>("select resident_id from resident where community_id = 1 and phone is not null and household_id is not null order by resident_id")];
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Mail.DisposeAsync();
        await App.DisposeAsync();
        _certificate.Dispose();
    }

    /// <summary>What the gateway does from now on, and a clean table: nothing waits, nothing was spent.</summary>
    public async Task ClearAsync(Func<HttpContext, Task>? answer = null)
    {
        _answer = answer ?? (_ => Task.CompletedTask);
        Gateway.Asked.Clear();
        Mail.Taken.Clear();
        (Channels.Timeout, Channels.DailyCapFen, Channels.Sms.PriceFen, Channels.Sms.AtOnce, Channels.Sms.PerMinute) = (TimeSpan.FromSeconds(20), 10_000, 0, 4, 600);
        await App.DrainAsync();
        await RunAsync("delete from message_delivery; delete from message_spend; delete from message_cap; delete from contact_choice; delete from outbox_message; update channel_pace set used = 0", new { });
    }

    /// <summary>From now on the gateway takes everything.</summary>
    public void TakeEverything() => _answer = _ => Task.CompletedTask;

    /// <summary>A resident that no other test has.</summary>
    /// <param name="digestHour">Null: each message by itself.</param>
    public async Task<Guid> ResidentAsync(string channel, string? email = null, int? digestHour = null, string[]? muted = null)
    {
        var resident = _residents[_given++];
        await RunAsync(
            """
            insert into contact_choice (community_id, person_id, resident_id, channel, email, email_confirmed_at, digest_hour, muted)
            values (1, @resident, @resident, @channel, @email, case when @email::text is not null then clock_timestamp() end, @digestHour, @muted)
            """,
            new { resident, channel, email, digestHour, muted = muted ?? [] });
        return resident;
    }

    /// <summary>A message as a decision writes it, set free.</summary>
    public async Task TellAsync(Guid resident, string textKey = "outcome.message.published", string title = "Lamps")
    {
        await RunAsync(
            """
            insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, text_key, values, reason_key, link, council_at)
            values (1, gen_random_uuid(), gen_random_uuid()::text, 'InApp', @resident, @textKey, jsonb_build_object('title', @title), 'contact.reason.test', '/p/1', council_now())
            """,
            new { resident, textKey, title });
        await App.DrainAsync();
    }

    public async Task RunAsync(string sql, object values)
    {
        await using var connection = await App.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values);
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var connection = await App.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql);
    }

    internal static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=gateway of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
