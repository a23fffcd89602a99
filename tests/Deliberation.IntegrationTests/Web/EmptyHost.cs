using System.Collections.Concurrent;
using Deliberation.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The product as an operator finds it: production, an empty database, nobody has set it up.</summary>
public sealed class EmptyHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlbempty").FullName;
    private TestDatabase? _database;
    private WebApplicationFactory<Program>? _factory;

    public TestDatabase Database => _database!;

    /// <summary>Ids of the events that were logged, warnings and above.</summary>
    public ConcurrentQueue<int> Logged { get; } = new();

    public IServiceProvider Services => _factory!.Services;

    /// <param name="address">Where the browser believes it is.</param>
    public Browser Open(string address = "https://localhost") =>
        new(_factory!.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri(address) }));

    public static async Task<EmptyHost> StartAsync()
    {
        var host = new EmptyHost();
        await host.InitializeAsync();
        return host;
    }

    private async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment("Production");
            builder.UseSetting("ConnectionStrings:Deliberation", _database.ConnectionString);
            builder.UseSetting("Secrets:File", Path.Combine(_folder, "secrets"));
            builder.UseSetting("Tests:OwnServer", "true");
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            builder.UseStaticWebAssets();
            builder.ConfigureLogging(logging => logging.AddProvider(new Listener(Logged)));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _factory!.DisposeAsync();
        await _database!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Listener(ConcurrentQueue<int> heard) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => heard.Enqueue(eventId.Id);

        public void Dispose() { }
    }
}
