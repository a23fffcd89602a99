using Deliberation.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Npgsql;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The product's pages on a database of their own, without demo data; requests go through the whole pipeline.</summary>
public sealed class WebHost : IAsyncLifetime, IAsyncDisposable
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("dlbkeys");
    private TestDatabase? _database;
    private WebApplicationFactory<Program>? _factory;

    public IServiceProvider Services => _factory!.Services;

    public NpgsqlDataSource DataSource => _database!.DataSource;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using (var command = DataSource.CreateCommand(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours, is_demo)
            values (1, 'demo', 'Clear Brook', 'Urban', 'Bridge', 'North', '100-0000-0612', '8:30-17:30', true)
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment("Testing");
            builder.UseSetting("ConnectionStrings:Deliberation", _database.ConnectionString);
            builder.UseSetting("Ballots:KeysFolder", _keys.FullName); // all databases are copies of one: keys of another's log would be its own
            builder.UseSetting("EnableStaticAssetsDevelopmentCaching", "true");
            builder.UseStaticWebAssets();
        });
    }

    /// <summary>A browser of its own: cookies are kept, redirects are shown and not followed.</summary>
    public Browser Open() => new(_factory!.CreateClient(new WebApplicationFactoryClientOptions
    {
        AllowAutoRedirect = false,
        BaseAddress = new Uri("https://localhost"),
    }));

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _factory!.DisposeAsync();
        await _database!.DisposeAsync();
        _keys.Delete(recursive: true);
    }
}
