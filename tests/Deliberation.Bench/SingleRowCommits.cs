using System.Diagnostics;
using Npgsql;

namespace Deliberation.Bench;

/// <summary>The base of all ratios: what this server does with one small row a transaction. 32 connections, prepared insert, autocommit, 10 s; median of three.</summary>
internal sealed class SingleRowCommits(BenchServer server)
{
    private const int Connections = 32;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private readonly List<double> _rates = [];

    /// <summary>Rows a second: the median of the runs so far.</summary>
    public double Median => _rates.Order().ElementAt(_rates.Count / 2);

    /// <summary>Measures both, the base before, between and after, so that a machine that slows down slows both.</summary>
    public async Task AroundAsync(Func<Task> first, Func<Task> second, CancellationToken cancellationToken)
    {
        await MeasureAsync(cancellationToken);
        await first();
        await MeasureAsync(cancellationToken);
        await second();
        await MeasureAsync(cancellationToken);
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("create table if not exists bench_row (id uuid primary key, community_id int not null, choice text not null, at timestamptz not null default clock_timestamp())", cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = Connections, ApplicationName = "bench-base" };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => InsertAsync(source, clock, cancellationToken)));
        _rates.Add(counts.Sum() / clock.Elapsed.TotalSeconds);
    }

    private static async Task<int> InsertAsync(NpgsqlDataSource source, Stopwatch clock, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("insert into bench_row (id, community_id, choice) values ($1, 1, 'For')", connection);
        var id = new NpgsqlParameter<Guid>();
        command.Parameters.Add(id);
        await command.PrepareAsync(cancellationToken);
        var count = 0;
        for (; clock.Elapsed < Duration; count++)
        {
            id.TypedValue = Guid.CreateVersion7();
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return count;
    }
}
