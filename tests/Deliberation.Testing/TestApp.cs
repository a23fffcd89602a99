using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using MediatR;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Deliberation.Testing;

/// <summary>The whole product on a database of its own, over real HTTP. The pump does not run by itself: a test moves council time and drains.</summary>
public sealed class TestApp : IAsyncLifetime, IAsyncDisposable, IPlayedProduct
{
    private readonly Factory _factory;
    private readonly string _secrets = Path.Combine(Path.GetTempPath(), $"deliberation-test-{Guid.NewGuid():N}", "secrets");
    private TestDatabase? _database;

    public TestApp() => _factory = new Factory(this);

    /// <summary>False: an empty product. Set before it starts.</summary>
    public bool HasDemo { get; init; } = true;

    /// <summary>True: the demo's projects are played as in the product, so that every page has something to show. Set before it starts.</summary>
    public bool HasStory { get; init; }

    public TestDatabase Database => _database!;

    public IServiceProvider Services => _factory.Services;

    /// <summary>Where it listens.</summary>
    public Uri Address => _factory.ClientOptions.BaseAddress;

    public NpgsqlDataSource DataSource => Database.DataSource;

    /// <summary>A browser without script: keeps cookies, follows redirects.</summary>
    public Browser Browser() => new(new HttpClient { BaseAddress = Address });

    /// <summary>A browser in which a demo login has signed in.</summary>
    public async Task<Browser> SignedInAsync(string login)
    {
        var browser = Browser();
        await browser.SendAsync("/staff/sign-in", ("Login", login), ("Password", Password(login)));
        return browser;
    }

    /// <summary>Password of a demo login.</summary>
    public string Password(string login) => Services.GetRequiredService<SecretsFile>()
        .GetOrCreate($"demo.{login}.password", () => throw new InvalidOperationException($"The demo has no login {login}."));

    /// <summary>A use case as a page would send it.</summary>
    public async Task<TAnswer> SendAsync<TAnswer>(IRequest<TAnswer> request)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    /// <summary>The caller that a demo login becomes.</summary>
    public async Task<Caller> StaffAsync(string login)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var (id, kind) = await connection.QuerySingleAsync<(Guid, string)>("select staff_id, kind from staff where login = @login", new { login });
        var communities = await connection.QueryAsync<int>("select community_id from staff_scope where staff_id = @id", new { id });
        return new Caller(Enum.Parse<CallerKind>(kind), null, null, new StaffId(id), communities.Select(c => new CommunityId(c)).ToHashSet());
    }

    /// <summary>The caller who acts for a post of the demo's first community.</summary>
    public async Task<Caller> HolderAsync(string post)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var login = await connection.QueryFirstAsync<string>(
            "select login from acting_holder(1, council_now()) join staff using (staff_id) where post_code = @post and kind in ('Staff', 'Admin') order by held_from, staff_id", new { post });
        return await StaffAsync(login);
    }

    /// <summary>Runs everything that is due now: timers, events, messages.</summary>
    /// <exception cref="InvalidOperationException">A step failed; says what it said.</exception>
    public async Task DrainAsync()
    {
        while (await RunEachOnceAsync())
        {
        }

        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var failure = await connection.QueryFirstOrDefaultAsync<string>(
            """
            select activity_id || ': ' || message from workflow_incident where resolved_at is null
            union all select bookmark_id || ': ' || last_error from workflow_timer where last_error is not null
            union all select name || ': ' || last_error from workflow_inbox where last_error is not null
            """);
        if (failure is not null)
        {
            throw new InvalidOperationException($"A step failed: {failure}");
        }
    }

    Task IPlayedProduct.SettleAsync() => DrainAsync();

    /// <summary>Moves council time forward, stopping at each timer on the way, as it would have passed by itself.</summary>
    public async Task AdvanceToAsync(DateTimeOffset target)
    {
        await DrainAsync();
        while (await NextTimerAsync() is { } due && due <= target)
        {
            await JumpAsync(due);
            await DrainAsync();
        }

        await JumpAsync(target);
        await DrainAsync();
    }

    public async Task AdvanceAsync(TimeSpan by) => await AdvanceToAsync(await Database.CouncilNowAsync() + by);

    /// <summary>The earliest timer that waits; null when none does.</summary>
    public async Task<DateTimeOffset?> NextTimerAsync()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<DateTime?>(
            "select min(due_at) from workflow_timer join workflow_instance i using (community_id, instance_id) where i.paused_at is null and parked_at is null") is { } due
            ? new DateTimeOffset(DateTime.SpecifyKind(due, DateTimeKind.Utc))
            : null;
    }

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _factory.UseKestrel(0);
        _factory.StartServer();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        await Database.DisposeAsync();
        if (Directory.Exists(Path.GetDirectoryName(_secrets)))
        {
            Directory.Delete(Path.GetDirectoryName(_secrets)!, recursive: true);
        }
    }

    private async Task JumpAsync(DateTimeOffset target)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update council_clock set anchor_council = anchor_council + greatest(@target - council_now(), interval '0')", new { target });
    }

    private async Task<bool> RunEachOnceAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var hasWorked = false;
        foreach (var handler in scope.ServiceProvider.GetServices<IDueWorkHandler>())
        {
            hasWorked |= await handler.RunOneAsync(CancellationToken.None);
        }

        return hasWorked;
    }

    private sealed class Factory(TestApp app) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("ConnectionStrings:Deliberation", app.Database.ConnectionString);
            builder.UseSetting("Secrets:File", app._secrets);
            builder.UseSetting("Demo:Seed", app.HasDemo ? "true" : "false");
            builder.UseSetting("Demo:Story", app.HasStory ? "true" : "false"); // most tests play their own
            builder.UseSetting("Tests:OwnServer", "true");
            builder.UseSetting("Pump:Workers", "0");
            builder.UseSetting("HttpCalls:Workers", "0");
            builder.UseSetting("Channels:Delivers", "false");
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
        }
    }
}
