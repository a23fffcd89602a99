using Deliberation.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The product as an operator finds it: production, an empty database, nobody has set it up.</summary>
public sealed class EmptyHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlbempty").FullName;
    private TestDatabase? _database;
    private WebApplicationFactory<Program>? _factory;

    public TestDatabase Database => _database!;

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
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _factory!.DisposeAsync();
        await _database!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
