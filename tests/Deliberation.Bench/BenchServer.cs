using Deliberation.Features;
using Deliberation.Features.Ballots;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Deliberation.Bench;

/// <summary>The product's own PostgreSQL with its own settings, fsync on, in a folder that goes when this ends; and the product's services in this process.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly EmbeddedPostgres _postgres;
    private readonly ServiceProvider _services;

    private BenchServer(string folder, EmbeddedPostgres postgres, ServiceProvider services)
    {
        Folder = folder;
        _postgres = postgres;
        _services = services;
    }

    /// <summary>For whatever must not outlive the run.</summary>
    public string Folder { get; }

    public string ConnectionString => _postgres.ConnectionString;

    public Version Version => _postgres.LastStart!.Version;

    public IServiceProvider Services => _services;

    public NpgsqlDataSource DataSource => _services.GetRequiredService<NpgsqlDataSource>();

    public static async Task<BenchServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"dlbbench-{Guid.NewGuid():N}"[..20])).FullName;
        var postgres = new EmbeddedPostgres(new EmbeddedOptions { DataDir = folder }, TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        try
        {
            await postgres.StartAsync(cancellationToken);
            var server = new BenchServer(folder, postgres, Compose(folder, postgres.ConnectionString));
            await server._services.GetRequiredService<MigrationRunner>().MigrateAsync(cancellationToken);
            return server;
        }
        catch
        {
            await postgres.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 120;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static ServiceProvider Compose(string folder, string connectionString)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Deliberation"] = connectionString,
            ["Secrets:File"] = Path.Combine(folder, "secrets"),
        }).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(settings)
            .AddPostgres(settings)
            .AddFeatures()
            .Configure<BallotKeyOptions>(keys => keys.Folder = Path.Combine(folder, "keys"))
            .BuildServiceProvider();
    }
}
