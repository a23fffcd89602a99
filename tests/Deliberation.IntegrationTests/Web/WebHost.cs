using AngleSharp;
using AngleSharp.Html.Dom;
using Deliberation.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Npgsql;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>The product's pages on a database of their own, without demo data; requests go through the whole pipeline.</summary>
public sealed class WebHost : IAsyncLifetime, IAsyncDisposable
{
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
    }
}

/// <summary>Reads pages and sends their forms as a browser without script does.</summary>
public sealed class Browser(HttpClient client) : IDisposable
{
    public HttpClient Http => client;

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<IHtmlDocument> ReadAsync(string path) => await ParseAsync(await GetAsync(path));

    public static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage response) =>
        (IHtmlDocument)await BrowsingContext.New(Configuration.Default).OpenAsync(async request => request.Content(await response.Content.ReadAsStringAsync()));

    /// <summary>Opens a page and sends its form with all hidden fields, and the given ones filled in.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await ReadAsync(path);
        var form = page.QuerySelector("main form[method=post]") ?? throw new InvalidOperationException($"No form on {path}.");
        var hidden = form.QuerySelectorAll("input[type=hidden]").Select(i => (i.GetAttribute("name")!, i.GetAttribute("value") ?? ""));
        return await PostAsync(form.GetAttribute("action") is { Length: > 0 } action ? action : path, [.. hidden.Where(h => fields.All(f => f.Name != h.Item1)), .. fields]);
    }

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    public void Dispose() => client.Dispose();
}
