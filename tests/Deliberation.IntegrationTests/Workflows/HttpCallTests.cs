using System.Net;
using Dapper;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Features.Workflows.Http;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Calls of web services: after the commit, to allowed origins only, repeated with one key, answered once.</summary>
public sealed class HttpCallTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestApp _app = new();

    private HttpCallOptions Options => _app.Services.GetRequiredService<IOptionsMonitor<HttpCallOptions>>().CurrentValue;

    private HttpCallDelivery Delivery => _app.Services.GetRequiredService<HttpCallDelivery>();

    public Task InitializeAsync() => _app.InitializeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_answer_of_an_allowed_service_goes_on_with_its_status_and_content()
    {
        await using var receiver = await AllowedAsync(context =>
        {
            context.Response.StatusCode = 201;
            return context.Response.WriteAsJsonAsync(new { price = 42 });
        });
        var instance = await StartAsync(receiver.Origin + "/quotes", """ "method":"post","content":{"lamps":3},"contentType":"application/json","authorization":"Bearer secret","requestHeaders":{"X-Kind":"quote","Host":"evil.example"},"expectedStatusCodes":[200,201] """);
        receiver.Asked.ShouldBeEmpty("nothing leaves before the commit, or in it");

        (await Delivery.RunOneAsync(default)).ShouldBeTrue();
        (await Delivery.RunOneAsync(default)).ShouldBeFalse();
        await _app.DrainAsync();
        (await _app.LinesAsync(instance)).ShouldBe(["201: 42"]);
        var asked = receiver.Asked.ShouldHaveSingleItem();
        (asked.Method, asked.Path, asked.Body).ShouldBe(("POST", "/quotes", """{"lamps":3}"""));
        asked.Headers["Authorization"].ShouldBe("Bearer secret");
        asked.Headers["X-Kind"].ShouldBe("quote");
        asked.Headers["Host"].ShouldNotContain("evil");
        Guid.TryParse(asked.Headers["Idempotency-Key"], out _).ShouldBeTrue();
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from http_call")).ShouldBe(0, "the call holds a secret and is gone when it is answered");
    }

    [Fact]
    public async Task Another_origin_is_an_incident_and_a_retry_asks_again()
    {
        await using var receiver = await Receiver.StartAsync(context => context.Response.WriteAsJsonAsync(new { price = 1 }));
        Options.AllowsPrivateAddresses = true;
        var instance = await StartAsync(receiver.Origin + "/", "");
        (await _app.StatusAsync(instance)).ShouldBe("Faulted");
        receiver.Asked.ShouldBeEmpty();

        Options.AllowedOrigins.Add(receiver.Origin);
        (await _app.SendAsync(new RetryInstance(await _app.StaffAsync("admin"), new(1), instance, "allowed now"))).Require();
        await Delivery.RunOneAsync(default);
        await _app.DrainAsync();
        (await _app.LinesAsync(instance)).ShouldBe(["200: 1"]);
    }

    [Fact]
    public async Task An_allowed_name_that_points_into_the_private_network_is_not_called()
    {
        await using var receiver = await Receiver.StartAsync(context => context.Response.WriteAsJsonAsync(new { price = 1 }));
        var origin = receiver.Origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Options.AllowedOrigins.Add(origin);
        await StartAsync(origin + "/", "");
        await Delivery.RunOneAsync(default);
        receiver.Asked.ShouldBeEmpty();
        (await LastErrorAsync()).ShouldContain("private network");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.1", false)]
    [InlineData("0.0.0.0", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("64:ff9b::a00:1", true)]
    [InlineData("2001:4860:4860::8888", false)]
    public void Private_addresses_are_known(string address, bool isPrivate) => OutwardHttp.IsPrivate(IPAddress.Parse(address)).ShouldBe(isPrivate);

    [Fact]
    public async Task A_node_that_died_with_a_call_leaves_it_to_another_which_repeats_it_with_the_same_key()
    {
        await using var receiver = await AllowedAsync(context => context.Response.WriteAsJsonAsync(new { price = 7 }));
        var instance = await StartAsync(receiver.Origin + "/", "");
        await using var connection = await _app.DataSource.OpenConnectionAsync();

        // As a node leaves it that was killed after the receiver had answered, before it could say so.
        await Delivery.RunOneAsync(default);
        var (key, first) = (receiver.Asked.Single().Headers["Idempotency-Key"], await connection.QuerySingleAsync("select * from workflow_inbox"));
        await connection.ExecuteAsync(
            """
            delete from workflow_inbox;
            insert into http_call (community_id, call_id, instance_id, visit_id, method, url, headers, created_at, attempts, lease_until)
            values (1, @event_id, @instance_id, @visit_id, 'GET', @url, '{}', council_now(), 1, clock_timestamp() + interval '1 minute')
            """,
            new { first.event_id, first.instance_id, first.visit_id, url = receiver.Origin + "/" });
        (await Delivery.RunOneAsync(default)).ShouldBeFalse("until the lease ends it is in that node's hands");
        await connection.ExecuteAsync("update http_call set lease_until = clock_timestamp() - interval '1 second'");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Delivery.RunOneAsync(default)));
        await _app.DrainAsync();
        receiver.Asked.Select(asked => asked.Headers["Idempotency-Key"]).ShouldBe([key, key]);
        (await _app.LinesAsync(instance)).ShouldBe(["200: 7"]);
    }

    [Fact]
    public async Task Nobody_there_is_tried_eight_times_and_then_follows_its_port()
    {
        Options.AllowsPrivateAddresses = true;
        Options.AllowedOrigins.Add("http://127.0.0.1:9");
        var instance = await StartAsync("http://127.0.0.1:9/", "");
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        for (var attempt = 1; attempt <= HttpCallDelivery.MaxAttempts; attempt++)
        {
            (await _app.StatusAsync(instance)).ShouldBe("Suspended");
            (await Delivery.RunOneAsync(default)).ShouldBeTrue();
            (await Delivery.RunOneAsync(default)).ShouldBeFalse("the next try has its time");
            await connection.ExecuteAsync("update http_call set retry_at = clock_timestamp()");
        }

        await _app.DrainAsync();
        (await _app.LinesAsync(instance)).ShouldBe(["nobody"]);
    }

    [Fact]
    public async Task A_service_that_hangs_is_given_up_and_tried_again_later()
    {
        await using var receiver = await AllowedAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Options.Timeout = TimeSpan.FromSeconds(1);
        await StartAsync(receiver.Origin + "/", "");
        (await Delivery.RunOneAsync(default)).ShouldBeTrue();
        (await LastErrorAsync()).ShouldBe("no answer within 1 s");
    }

    [Fact]
    public async Task The_loop_makes_calls_side_by_side_and_a_node_that_stops_leaves_what_hangs_to_another()
    {
        await using var receiver = await AllowedAsync(context => context.Request.Path == "/hangs" ? Task.Delay(Timeout.Infinite, context.RequestAborted) : context.Response.WriteAsJsonAsync(new { price = 3 }));
        await StartAsync(receiver.Origin + "/hangs", "");
        var answered = await StartAsync(receiver.Origin + "/", "");
        Options.Workers = 2;
        using var loop = ActivatorUtilities.CreateInstance<HttpCallLoop>(_app.Services);
        await loop.StartAsync(default);
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        await Eventually.HoldsAsync(async () => receiver.Asked.Count == 2 && await connection.ExecuteScalarAsync<int>("select count(*)::int from http_call") == 1);
        await loop.StopAsync(default);

        await _app.DrainAsync();
        (await _app.LinesAsync(answered)).ShouldBe(["200: 3"]);
        (await connection.QuerySingleAsync<(int Attempts, bool IsLeased)>("select attempts, lease_until > clock_timestamp() from http_call")).ShouldBe((1, true));
    }

    [Fact]
    public async Task Redirects_are_answers_and_too_long_an_answer_is_an_incident()
    {
        await using var receiver = await AllowedAsync(context =>
        {
            if (context.Request.Path == "/long")
            {
                return context.Response.WriteAsync(new string('x', OutwardHttp.MaxAnswerBytes + 1));
            }

            context.Response.Redirect("http://169.254.169.254/");
            return Task.CompletedTask;
        });
        var redirected = await StartAsync(receiver.Origin + "/", """ "expectedStatusCodes":[302] """);
        await Delivery.RunOneAsync(default);
        await _app.DrainAsync();
        (await _app.LinesAsync(redirected)).ShouldBe(["302: none"]);

        var instance = await StartAsync(receiver.Origin + "/long", "");
        await Delivery.RunOneAsync(default);
        (await Should.ThrowAsync<InvalidOperationException>(_app.DrainAsync)).Message.ShouldContain("longer than");
        (await _app.StatusAsync(instance)).ShouldBe("Faulted");
    }

    private async Task<Receiver> AllowedAsync(Func<HttpContext, Task> answer)
    {
        var receiver = await Receiver.StartAsync(answer);
        Options.AllowsPrivateAddresses = true;
        Options.AllowedOrigins.Add(receiver.Origin);
        return receiver;
    }

    /// <summary>Calls, then writes status and price, or "nobody".</summary>
    private async Task<Guid> StartAsync(string url, string inputs) => await _app.StartRootAsync(
        await _app.ProjectAsync(),
        "calls-" + Guid.NewGuid().ToString("N"),
        StoredWorkflows.Flowchart(
            $$"""
            {"id":"call","name":"Call","type":"Elsa.FlowSendHttpRequest","url":"{{url}}"{{(inputs.Trim().Length > 0 ? "," + inputs : "")}} },
            {"id":"say","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getStatusCodeFromCall() + ': ' + (getParsedContentFromCall() ? getParsedContentFromCall().price : 'none')"} } },
            {"id":"nobody","type":"Elsa.WriteLine","text":"nobody"}
            """,
            "call-say",
            "call:Failed to connect-nobody"));

    private async Task<string> LastErrorAsync()
    {
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("select last_error from http_call");
    }
}
