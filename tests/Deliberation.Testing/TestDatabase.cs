using Dapper;
using Deliberation.Postgres;
using Npgsql;
using Xunit;

namespace Deliberation.Testing;

/// <summary>A throw-away, migrated database on a real server: <c>IClassFixture&lt;TestDatabase&gt;</c> gives a test class its own.</summary>
public sealed class TestDatabase : IAsyncLifetime, IAsyncDisposable
{
    private TestServer? _server;
    private NpgsqlDataSource? _dataSource;
    private string? _name;

    /// <summary>For a program under test: <c>ConnectionStrings:Deliberation</c>.</summary>
    public string ConnectionString => _server!.ConnectionString(_name!);

    public NpgsqlDataSource DataSource => _dataSource!;

    /// <summary>A database of its own for one test. Dispose it.</summary>
    /// <param name="migrated">False: empty, without any table.</param>
    public static async Task<TestDatabase> CreateAsync(bool migrated = true)
    {
        var database = new TestDatabase();
        await database.OpenAsync(migrated);
        return database;
    }

    /// <summary>Council time now.</summary>
    public async Task<DateTimeOffset> CouncilNowAsync()
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        return await connection.CouncilNowAsync();
    }

    /// <summary>Moves council time on, for every node on this database at once. Machine time stays.</summary>
    /// <param name="by">More than zero: council time never goes back.</param>
    public async Task AdvanceCouncilTimeAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        await using var connection = await DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("update council_clock set anchor_council = anchor_council + @by", new { by });
    }

    /// <summary>Sets council time, also back: each test class has a database of its own and starts where it likes.</summary>
    public async Task SetCouncilTimeAsync(DateTimeOffset now)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("update council_clock set anchor_council = @now, anchor_machine = clock_timestamp()", new { now });
    }

    Task IAsyncLifetime.InitializeAsync() => OpenAsync(migrated: true);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_dataSource is not null)
        {
            await _dataSource.DisposeAsync();
            await _server!.DropDatabaseAsync(_name!);
            _dataSource = null;
        }
    }

    private async Task OpenAsync(bool migrated)
    {
        _server = await TestServer.SharedAsync();
        _name = await _server.CreateDatabaseAsync(migrated);
        _dataSource = DataSources.Create(ConnectionString);
    }
}
